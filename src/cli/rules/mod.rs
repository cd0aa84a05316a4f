//! `obzvon rules`: evaluates, checks and compares contact rules.

pub mod diff;
pub mod eval;
pub mod lint;
pub mod registry;
mod vector;
mod what_if;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use jiff::civil::Date;

use crate::domain::PhoneNumber;
use crate::rules::Presets;
use crate::rules::limits::Limits;

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
    /// Says what in the presets can never fire, contradicts itself, or rests on days nobody loaded.
    Lint {
        /// Presets to look at, composed ones joined by `+`; all of them when none is named.
        names: Vec<String>,
        #[arg(long, value_name = "FILE")]
        presets: Option<PathBuf>,
        /// A supervisor's limits, to be laid over each preset.
        #[arg(long, value_name = "FILE")]
        limits: Option<PathBuf>,
        /// The date to judge calendars and overrides by, such as 2026-11-24.
        #[arg(long, value_name = "DATE")]
        today: Option<Date>,
    },
    /// Compares two presets and says which changes loosen. Exit code 1 when any does.
    Diff {
        old: String,
        new: String,
        /// Where the old preset is; the built-in ones else.
        #[arg(long, value_name = "FILE")]
        old_presets: Option<PathBuf>,
        /// Where the new preset is; the built-in ones else.
        #[arg(long, value_name = "FILE")]
        new_presets: Option<PathBuf>,
    },
    /// Checks files of the state numbering registry, and looks numbers up in them.
    Registry {
        /// The registry's CSV files.
        files: Vec<PathBuf>,
        /// Numbers in E.164 form to look up.
        #[arg(long, value_name = "NUMBER")]
        find: Vec<String>,
    },
    WhatIf(what_if::WhatIf),
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
                Ok(code(summary.wrong_lines == 0))
            }
            RulesCommand::Lint { names, presets, limits, today } => {
                let presets = read_presets(presets.as_deref())?;
                let limits = limits.as_deref().map(read_limits).transpose()?;
                let sound =
                    lint::lint_presets(&presets, limits.as_ref(), &names, today, io::stdout().lock())?;
                Ok(code(sound))
            }
            RulesCommand::Diff { old, new, old_presets, new_presets } => {
                let old = read_presets(old_presets.as_deref())?.flatten(&old)?;
                let new = read_presets(new_presets.as_deref())?.flatten(&new)?;
                Ok(code(diff::diff_presets(&old, &new, io::stdout().lock())?))
            }
            RulesCommand::Registry { files, find } => {
                let registry = registry::read_files(&files, io::stdout().lock())?;
                for number in find {
                    let phone = PhoneNumber::parse(&number)?;
                    registry::tell(&registry, &phone, io::stdout().lock())?;
                }
                Ok(ExitCode::SUCCESS)
            }
            RulesCommand::WhatIf(what_if) => what_if.run(),
        }
    }
}

fn code(sound: bool) -> ExitCode {
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn read_limits(path: &Path) -> anyhow::Result<Limits> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    Limits::read(&text).with_context(|| format!("reading {}", path.display()))
}

/// The presets of a file, or those built in.
fn read_presets(file: Option<&Path>) -> anyhow::Result<Presets> {
    let Some(path) = file else { return Ok(Presets::shipped()) };
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let mut presets = Presets::default();
    presets.add(&text).with_context(|| format!("reading {}", path.display()))?;
    Ok(presets)
}
