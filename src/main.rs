//! Reads the command line and carries one command out.

use std::process::ExitCode;

use clap::Parser;
use obzvon::cli::{Cli, run_quietly};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run_quietly(|| cli.run()) {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("obzvon: {fault:#}");
            ExitCode::from(1)
        }
    }
}
