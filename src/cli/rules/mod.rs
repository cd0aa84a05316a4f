//! `obzvon rules`: evaluates, checks and compares contact rules.

pub mod eval;
mod vector;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::rules::Presets;

/// Contact rules: evaluate, check, compare.
#[derive(Debug, Args)]
pub struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// Decides test vectors: JSON lines in, one JSON line out for each.
    Eval {
        /// The presets to use instead of those built in.
        #[arg(long, value_name = "FILE")]
        presets: Option<PathBuf>,
    },
}

impl RulesArgs {
    /// Carries the command out.
    ///
    /// # Errors
    /// When a file or a stream can't be read or written.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            RulesCommand::Eval { presets } => {
                let presets = read_presets(presets.as_deref())?;
                let mut output = BufWriter::new(io::stdout().lock());
                let summary =
                    eval::eval(&presets, io::stdin().lock(), &mut output).context("evaluating vectors")?;
                output.flush().context("writing decisions")?;
                Ok(if summary.wrong_lines == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            }
        }
    }
}

/// The presets of a file, or those built in.
fn read_presets(file: Option<&Path>) -> anyhow::Result<Presets> {
    let Some(path) = file else { return Ok(Presets::shipped()) };
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let mut presets = Presets::default();
    presets.add(&text).with_context(|| format!("reading {}", path.display()))?;
    Ok(presets)
}
