//! `obzvon audit`: proves that decisions stand as they were written, and lays a person's whole file open.

mod person;
mod replay;
mod root;
mod verify;
mod words;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use super::open::{ConfigArgs, block_on, store_there};
use crate::domain::Language;

/// Proof: decisions verified and replayed, a person's whole file
#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(flatten)]
    config: ConfigArgs,
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    Person(person::Person),
    Replay(replay::Replay),
    Root(root::Root),
    Verify(verify::Verify),
}

impl AuditArgs {
    /// Carries the command out: 0 when everything stands, 1 when something does not.
    ///
    /// # Errors
    /// When the store or a file fails.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let config = match self.config.load() {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        let language = self.config.language();
        block_on(async {
            let Some(store) = store_there(&config).await? else {
                let told = match language {
                    Language::Ru => "базы данных нет: доказывать нечего",
                    Language::En => "there is no database: nothing to prove",
                };
                eprintln!("{told}");
                return Ok(ExitCode::FAILURE);
            };
            let stands = match self.command {
                AuditCommand::Person(person) => person.run(&store, &config, language).await,
                AuditCommand::Replay(replay) => replay.run(&store, language).await,
                AuditCommand::Root(root) => root.run(&store, language).await,
                AuditCommand::Verify(verify) => verify.run(&store, &config, language).await,
            };
            store.close().await;
            Ok(if stands? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        })
    }
}

/// A bar on a terminal, nothing elsewhere.
fn bar(total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos} / {len}  {elapsed} / {eta}");
    ProgressBar::new(total).with_style(style.expect("the template is sound"))
}
