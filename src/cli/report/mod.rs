//! `obzvon report`: what was done and what came of it, each ratio with its denominator.

mod agents;
pub mod channels;
pub mod economics;
pub(in crate::cli) mod glossary;
mod kpi;
mod pareto;
pub mod promises;
pub mod proposals;
mod types;
mod uplift;
mod wear;
pub(in crate::cli) mod when;

use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, ValueEnum};
use jiff::Timestamp;

use self::channels::{By, Rule};
use self::wear::Reaction;
use self::when::When;
use super::exceptions::notices_text;
use super::open::{ConfigArgs, block_on, store};
use super::{sheet, words};
use crate::daemon::Clock;
use crate::domain::Language;
use crate::stats::{Cut, SheetKind, WearBy};
use crate::store::{Period, Store};

/// Reports: agents, channels, outcomes, attempts, uplift, wear, pareto, promises, types, kpi
#[derive(Debug, Args)]
pub struct Report {
    #[command(flatten)]
    config: ConfigArgs,
    /// What to report
    what: What,
    /// From this day (2026-12-01, by the clock of statistics.toml's zone) or moment (2026-12-01T00:00:00Z)
    #[arg(long)]
    from: Option<When>,
    /// Before this day or moment
    #[arg(long)]
    to: Option<When>,
    /// `channels`: by what else the actions are told apart
    #[arg(long, value_enum, value_delimiter = ',')]
    by: Vec<By>,
    /// `channels`: which action a payment is credited to; the configuration's where absent
    #[arg(long, value_enum)]
    attribution: Option<Rule>,
    /// `uplift`: days after a selection within which a payment counts; 30 where absent
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=366))]
    window_days: Option<u16>,
    /// `wear`: what counts as a reaction; a payment where absent
    #[arg(long, value_enum)]
    reaction: Option<Reaction>,
    /// For a program: one JSON array
    #[arg(long)]
    json: bool,
    /// The table that the console's page shows, as CSV
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// How agents spent their time, and what they overran
    Agents,
    /// Actions against reactions by channel, debtor type and kind of debt
    Channels,
    /// Attempts by outcome and disposition
    Outcomes,
    /// Attempts by campaign and trunk
    Attempts,
    /// What calling brings that would not have come anyway: the called against those left alone by lot
    Uplift,
    /// What the n-th use of a channel on a debt brings against the first
    Wear,
    /// Revenue by contract, cost and gross margin of each creditor
    Economics,
    /// How much of the money how few of the accounts bring
    Pareto,
    /// The field's figures by name: penetration, right-party contacts, kept promises, abandonment, cost of each
    Kpi,
    /// What every figure divides by what
    Glossary,
    /// The debtors' types now, and how they changed
    Types,
    /// Promises made, and those kept of the ones whose day is over
    Promises,
    /// What the figures suggest: another channel after so many uses, a better part of the day
    Proposals,
}

/// Refuses a period that ends before it begins, or has nothing in it.
///
/// # Errors
/// When it is one.
pub(super) fn is_forward(period: Period, language: Language) -> anyhow::Result<()> {
    let backward = match language {
        Language::En => "the period ends before it begins",
        Language::Ru => "период кончается раньше, чем начинается",
    };
    anyhow::ensure!(period.from < period.to, backward);
    Ok(())
}

impl Report {
    /// Prints the report.
    ///
    /// # Errors
    /// When the store fails.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        self.refuse_idle()?;
        let config = match self.config.load() {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        let moment = |when: When| when.moment(&config.statistics.basis.zone);
        let period = Period {
            from: self.from.map_or(Timestamp::UNIX_EPOCH, moment),
            to: self.to.map_or(Timestamp::MAX, moment),
        };
        let language = self.config.language();
        is_forward(period, language)?;
        block_on(async {
            let store = store(&config).await?;
            store.build_tallies().await?;
            if self.csv {
                let code =
                    self.what.to_possible_value().map_or_else(String::new, |it| it.get_name().to_owned());
                let kind = SheetKind::parse(&code).with_context(|| format!("{code} has no CSV"))?;
                let cut = Cut {
                    by: self.by.iter().map(|by| by.axis()).collect(),
                    attribution: self.attribution.map(Rule::attribution),
                    reaction: self.reaction.map_or_else(WearBy::default, Reaction::wear_by),
                    window_days: self.window_days,
                };
                let asked = sheet::Asked { period, cut, now: Clock.wall(), language };
                let made = sheet::sheet(&store, &config, kind, asked).await?;
                store.close().await;
                print!("{}", sheet::csv_text(&made)?);
                return Ok(ExitCode::SUCCESS);
            }
            let text = match self.what {
                What::Agents => agents::report(&store, period, Clock.wall(), self.json, language).await?,
                What::Channels => {
                    let rule = self.attribution.map(Rule::attribution);
                    let attribution = rule.unwrap_or(config.statistics.attribution);
                    let asked = channels::Asked { by: self.by, attribution };
                    channels::report(&store, period, &asked, self.json, language).await?
                }
                What::Outcomes => outcomes(&store, period, self.json, language).await?,
                What::Attempts => attempts(&store, period, self.json, language).await?,
                What::Uplift => {
                    // A window that is not over yet says nothing, so "now" is the end.
                    let now = store.now().await?;
                    let to = if self.to.is_some() { period.to.min(now) } else { now };
                    let period = Period { to, ..period };
                    let days = self.window_days.unwrap_or(sheet::WINDOW_DAYS);
                    uplift::report(&store, period, days, self.json, language).await?
                }
                What::Wear => {
                    let by = self.reaction.map_or_else(WearBy::default, Reaction::wear_by);
                    wear::report(&store, period, by, self.json, language).await?
                }
                What::Economics => {
                    let economics = &config.statistics.economics;
                    economics::report(&store, period, Clock.wall(), economics, (self.json, language)).await?
                }
                What::Kpi => {
                    let own = config.statistics.abandonment_of;
                    kpi::report(&store, period, own, (self.json, language)).await?
                }
                What::Glossary => glossary::glossary(language),
                What::Types => types::report(&store, period, self.json, language).await?,
                What::Promises => promises::report(&store, period, self.json, language).await?,
                What::Proposals => {
                    let configured = &config.statistics.next_actions;
                    proposals::report(&store, period, configured, (self.json, language)).await?
                }
                What::Pareto => pareto::report(&store, period, self.json, language).await?,
            };
            store.close().await;
            let notices = notices_text(&config, Clock.wall(), language);
            // A program's answer keeps its shape: what there is to show goes beside it.
            if self.json {
                eprint!("{notices}");
            } else {
                print!("{notices}");
            }
            print!("{text}");
            Ok(ExitCode::SUCCESS)
        })
    }
}

impl Report {
    /// A parameter that the report would pass over is refused.
    fn refuse_idle(&self) -> anyhow::Result<()> {
        let is = |what: &[What]| {
            what.iter().any(|it| std::mem::discriminant(it) == std::mem::discriminant(&self.what))
        };
        let idle = [
            ("--by", !self.by.is_empty(), "channels", is(&[What::Channels])),
            ("--attribution", self.attribution.is_some(), "channels", is(&[What::Channels])),
            ("--window-days", self.window_days.is_some(), "uplift", is(&[What::Uplift])),
            ("--reaction", self.reaction.is_some(), "wear", is(&[What::Wear])),
        ];
        for (name, told, whose, taken) in idle {
            anyhow::ensure!(!told || taken, "{name} is of `report {whose}` alone");
        }
        Ok(())
    }
}

fn nothing(language: Language) -> &'static str {
    match language {
        Language::En => "no attempt in this time\n",
        Language::Ru => "за это время попыток не было\n",
    }
}

/// Attempts by outcome and disposition.
///
/// # Errors
/// When the store fails.
pub async fn outcomes(
    store: &Store,
    period: Period,
    json: bool,
    language: Language,
) -> anyhow::Result<String> {
    let lines = store.outcomes_report(period).await?;
    let all: u64 = lines.iter().map(|line| line.attempts).sum();
    if json {
        let rows: Vec<_> = lines
            .iter()
            .map(|line| {
                let disposition = line.disposition.map(|d| d.code());
                serde_json::json!({ "outcome": line.outcome.code(), "disposition": disposition, "attempts": line.attempts })
            })
            .collect();
        return Ok(format!("{}\n", serde_json::json!({ "attempts": all, "rows": rows })));
    }
    if lines.is_empty() {
        return Ok(nothing(language).to_owned());
    }
    let (head, sum) = match language {
        Language::En => (["outcome", "the debtor", "attempts / all attempts"], "all attempts"),
        Language::Ru => (["исход", "должник", "попыток / всего попыток"], "всего попыток"),
    };
    let mut text = format!("{:<32} {:<26} {}\n", head[0], head[1], head[2]);
    for line in &lines {
        let disposition = line.disposition.map_or("", |d| words::disposition(d.code(), language));
        let share = crate::stats::Ratio::new(line.attempts, all).shown(language);
        text += &format!("{:<32} {disposition:<26} {share}\n", words::outcome(line.outcome.code(), language));
    }
    Ok(text + &format!("{sum:<32} {:<26} {all}\n", ""))
}

async fn attempts(store: &Store, period: Period, json: bool, language: Language) -> anyhow::Result<String> {
    let lines = store.attempts_report(period).await?;
    if json {
        let rows: Vec<_> = lines
            .iter()
            .map(|line| {
                serde_json::json!({
                    "campaign": line.campaign, "trunk": line.trunk, "attempts": line.attempts, "open": line.open,
                    "answered": line.answered, "failed": line.failed, "talk_s": line.talk_s,
                    "cost_micro": line.cost_micro,
                })
            })
            .collect();
        return Ok(format!("{}\n", serde_json::Value::from(rows)));
    }
    if lines.is_empty() {
        return Ok(nothing(language).to_owned());
    }
    let head = match language {
        Language::En => ["campaign", "trunk", "attempts", "open", "answered", "faults", "talk, s", "cost"],
        Language::Ru => ["кампания", "линия", "попыток", "идёт", "ответили", "сбоев", "разговор, с", "цена"],
    };
    let row = |cells: [&str; 8]| {
        let [campaign, trunk, rest @ ..] = cells;
        let rest: String = rest.iter().map(|cell| format!(" {cell:>11}")).collect();
        format!("{campaign:<20} {trunk:<12}{rest}\n")
    };
    let mut text = row(head);
    for line in &lines {
        let counts =
            [line.attempts, line.open, line.answered, line.failed, line.talk_s].map(|n| n.to_string());
        let [attempts, open, answered, failed, talk] = &counts;
        let cost = format!("{:.2}", line.cost_micro as f64 / 1e6);
        text += &row([&line.campaign, &line.trunk, attempts, open, answered, failed, talk, &cost]);
    }
    Ok(text)
}
