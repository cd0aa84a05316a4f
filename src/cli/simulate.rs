//! `obzvon simulate`: whole days of a campaign in simulated time.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};

use super::check::refuse;
use super::screen_language::{parse_language, screen_language};
use crate::config::scenario;
use crate::domain::Language;
use crate::simulate::simulate;

/// Simulates whole days of a campaign: list, carrier and agents from a scenario, the pacing as it is.
#[derive(Debug, Args)]
pub struct Simulate {
    /// The scenario, a TOML file.
    scenario: PathBuf,
    /// Another seed than the scenario's.
    #[arg(long)]
    seed: Option<u64>,
    /// Another number of days.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    days: Option<u32>,
    /// Language of the messages: ru or en
    #[arg(long, value_parser = parse_language)]
    lang: Option<Language>,
}

impl Simulate {
    /// Prints the figures as one JSON object; 78 when the scenario has mistakes.
    ///
    /// # Errors
    /// When the figures can't be written.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let mut scenario = match scenario(&self.scenario) {
            Ok(scenario) => scenario,
            Err(problems) => return Ok(refuse(&problems, screen_language(self.lang))),
        };
        scenario.seed = self.seed.unwrap_or(scenario.seed);
        scenario.days = self.days.unwrap_or(scenario.days);
        let mut printed = json!({ "scenario": scenario.name, "seed": scenario.seed });
        let figures = serde_json::to_value(simulate(&scenario, origin())).context("writing the figures")?;
        if let (Value::Object(printed), Value::Object(figures)) = (&mut printed, figures) {
            printed.extend(figures);
        }
        println!("{printed}");
        Ok(ExitCode::SUCCESS)
    }
}

#[expect(clippy::disallowed_methods, reason = "an origin to count simulated time from; never read again")]
fn origin() -> Instant {
    Instant::now()
}
