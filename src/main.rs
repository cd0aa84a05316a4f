//! Reads the command line and carries one command out.

use std::process::ExitCode;

use clap::Parser;
use obzvon::cli::Cli;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("obzvon: {fault:#}");
            ExitCode::from(1)
        }
    }
}
