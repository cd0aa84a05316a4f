//! `obzvon rules what-if`: what other rules would have done to the last days' calls, and would do to the queue.

mod figures;
mod past;
mod proposal;
mod queue;

use std::process::ExitCode;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::SignedDuration;

use crate::cli::check::environment;
use crate::cli::open::{ConfigArgs, block_on, registry, store};
use crate::store::Period;
use figures::Figures;
use proposal::Proposal;

/// Says what other rules would change, before they are applied
///
/// NEW is a limits file (in the place of `limits.toml`), a whole configuration folder, or the name of a preset.
#[derive(Debug, Args)]
pub struct WhatIf {
    #[command(flatten)]
    config: ConfigArgs,
    /// A limits file, a configuration folder, or a preset's name
    new: String,
    /// How many of the last days to replay
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=1100))]
    days: u16,
    /// For a program: one JSON object
    #[arg(long)]
    json: bool,
}

impl WhatIf {
    /// Prints what would change. Nothing is changed.
    ///
    /// # Errors
    /// When NEW is refused, or the store fails.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let config = match self.config.load() {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        let language = self.config.language();
        let registry = registry(&config);
        block_on(async {
            let store = store(&config).await?;
            let now = store.now().await?;
            let proposal = Proposal::read(&self.new, &config, &environment(), language, now)?;
            let from = now.checked_sub(SignedDuration::from_hours(24 * i64::from(self.days)))?;
            let period = Period { from, to: now };
            let bar = bar(store.count_decisions(period).await?);
            let past = past::replay(&store, &proposal, period, &bar).await?;
            bar.finish_and_clear();
            let queue = queue::look(&store, &config, &proposal, &registry, now).await?;
            store.close().await;
            let figures = Figures { new: self.new, days: self.days, period, past, queue };
            if self.json {
                println!("{}", figures.json());
            } else {
                print!("{}", figures.text(language));
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// A bar on a terminal, nothing elsewhere.
fn bar(total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos} / {len}  {elapsed} / {eta}");
    ProgressBar::new(total).with_style(style.expect("the template is sound"))
}
