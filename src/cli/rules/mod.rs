//! `obzvon rules`: evaluates, checks and compares contact rules.

pub mod diff;
pub mod eval;
pub mod lint;
pub mod registry;
mod vector;
pub mod what_if;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use jiff::civil::Date;

use crate::domain::PhoneNumber;
use crate::rules::Presets;
use crate::rules::limits::{Limits, Slip};

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
        /// A file or folder of presets; the built-in ones else.
        #[arg(long, value_name = "PATH")]
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
        /// A file or folder with the old preset; the built-in ones else.
        #[arg(long, value_name = "PATH")]
        old_presets: Option<PathBuf>,
        /// A file or folder with the new preset; the built-in ones else.
        #[arg(long, value_name = "PATH")]
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
                let summary = eval::eval(&presets, io::stdin().lock(), &mut output, io::stderr().lock())
                    .context("evaluating vectors")?;
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
                let (was, is) =
                    (read_presets(old_presets.as_deref())?, read_presets(new_presets.as_deref())?);
                let (old, new) = (was.flatten(&old)?, is.flatten(&new)?);
                let sides = ((&old, was.calendars()), (&new, is.calendars()));
                Ok(code(diff::diff_presets(sides.0, sides.1, io::stdout().lock())?))
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
    Limits::read(&text).map_err(|slips| anyhow::anyhow!("reading {}: {}", path.display(), in_a_line(&slips)))
}

/// What is wrong with limits, each with its key.
fn in_a_line(slips: &[Slip]) -> String {
    let told = slips.iter().map(
        |Slip { at, fault }| {
            if at.0.is_empty() { fault.to_string() } else { format!("{at}: {fault}") }
        },
    );
    told.collect::<Vec<_>>().join("; ")
}

/// The presets of a file, of a folder (`rules/` in it, or its own files), or those built in.
pub fn read_presets(file: Option<&Path>) -> anyhow::Result<Presets> {
    let Some(path) = file else { return Ok(Presets::shipped()) };
    let within = path.join("rules");
    let folder = if within.is_dir() { &within } else { path };
    let mut files = vec![folder.to_owned()];
    if folder.is_dir() {
        let listed = std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
        files = listed.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.retain(|file| file.extension().is_some_and(|ending| ending == "toml"));
        files.sort();
        anyhow::ensure!(!files.is_empty(), "{} has no .toml file", folder.display());
    }
    let mut presets = Presets::default();
    for file in files {
        let text = std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        presets.add(&text).with_context(|| format!("reading {}", file.display()))?;
    }
    Ok(presets)
}
