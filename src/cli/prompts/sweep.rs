//! `obzvon prompts sweep`: deletes synthesised names that nobody needs any more.

use std::process::ExitCode;

use clap::Args;

use crate::cli::open::{ConfigArgs, block_on, store};
use crate::daemon::sweep_names;
use crate::domain::Language;
use crate::synthesis::Swept;

/// Deletes the sentences with names that no open contact needs; the daemon does it once a day, too.
#[derive(Debug, Args)]
pub struct Sweep {
    #[command(flatten)]
    config: ConfigArgs,
}

impl Sweep {
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let config = match self.config.load() {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        let Swept { kept, deleted } = block_on(async {
            let store = store(&config).await?;
            let swept = sweep_names(&store, &config).await;
            store.close().await;
            swept
        })?;
        match self.config.language() {
            Language::En => println!("sentences with names: kept {kept}, deleted {deleted}"),
            Language::Ru => println!("фразы с именами: оставлено {kept}, удалено {deleted}"),
        }
        Ok(ExitCode::SUCCESS)
    }
}
