//! The command line: one file a command. Floor 4.

pub mod check;
mod db;
mod prompt_folder;
mod prompts;
pub mod rules;
mod say;
mod say_item;
pub mod screen_language;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Calls debtors by the rules and writes back what came of it.
#[derive(Debug, Parser)]
#[command(name = "obzvon", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    Db(db::Db),
    Rules(rules::RulesArgs),
    Prompts(prompts::Prompts),
    Say(say::Say),
}

impl Cli {
    /// Carries the command out. Exit codes: 0 clean, 1 fault, 78 config.
    ///
    /// # Errors
    /// The command's fault, with what it was doing.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Check(check) => Ok(check.run()),
            Command::Db(db) => db.run(),
            Command::Rules(args) => args.run(),
            Command::Prompts(prompts) => prompts.run(),
            Command::Say(say) => say.run().map(|()| ExitCode::SUCCESS),
        }
    }
}
