//! `obzvon rules what-if`: what other rules would have done to the last days' calls, and would do to the queue.

mod figures;
mod past;
mod proposal;
mod queue;

use std::process::ExitCode;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};

use crate::cli::check::environment;
use crate::cli::open::{ConfigArgs, block_on, registry, store};
use crate::config::Config;
use crate::rules::zone::Registry;
use crate::store::{Period, Store};
pub use figures::Figures;
pub use proposal::Proposal;

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
            let period = last_days(self.days, now)?;
            let bar = bar(store.count_decisions(period).await?);
            let weighed = Weighed { config: &config, registry: &registry, proposal, new: self.new };
            let figures = weighed.figures(&store, self.days, now, &|| bar.inc(1)).await?;
            bar.finish_and_clear();
            store.close().await;
            if self.json {
                println!("{}", figures.json());
            } else {
                print!("{}", figures.text(language));
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// The last `days` up to `now`.
///
/// # Errors
/// When there are no such days.
pub fn last_days(days: u16, now: Timestamp) -> anyhow::Result<Period> {
    let from = now.checked_sub(SignedDuration::from_hours(24 * i64::from(days)))?;
    Ok(Period { from, to: now })
}

/// What is weighed.
#[derive(Debug)]
pub struct Weighed<'a> {
    /// What is in force.
    pub config: &'a Config,
    pub registry: &'a Registry,
    pub proposal: Proposal,
    /// What the proposal is called.
    pub new: String,
}

impl Weighed<'_> {
    /// What it would have done in the last days and would do to the queue; `done` hears of each decision that was made
    /// again.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn figures(
        self,
        store: &Store,
        days: u16,
        now: Timestamp,
        done: &(impl Fn() + Sync),
    ) -> anyhow::Result<Figures> {
        let Self { config, registry, proposal, new } = self;
        let period = last_days(days, now)?;
        let past = past::replay(store, &proposal, period, done).await?;
        let queue = queue::look(store, config, &proposal, registry, now).await?;
        let words =
            past.by_rule.keys().filter_map(|rule| Some((rule.clone(), proposal.words(rule)?))).collect();
        Ok(Figures { new, days, period, past, queue, words })
    }
}

/// A bar on a terminal, nothing elsewhere.
fn bar(total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos} / {len}  {elapsed} / {eta}");
    ProgressBar::new(total).with_style(style.expect("the template is sound"))
}
