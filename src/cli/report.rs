//! `obzvon report`: what was done and what came of it, each ratio with its denominator.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::open::{ConfigArgs, block_on, store};
use crate::domain::{Language, Money};
use crate::stats::{DEFINITIONS, EffectRow, effect_table};
use crate::store::{Period, Store};

/// Reports: channels, outcomes, attempts
#[derive(Debug, Args)]
pub struct Report {
    #[command(flatten)]
    config: ConfigArgs,
    /// What to report
    what: What,
    /// From this moment (2026-12-01T00:00:00Z)
    #[arg(long)]
    from: Option<Timestamp>,
    /// Before this moment
    #[arg(long)]
    to: Option<Timestamp>,
    /// For a program: one JSON array
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// Actions against reactions by channel, debtor type and kind of debt
    Channels,
    /// Attempts by outcome and disposition
    Outcomes,
    /// Attempts by campaign and trunk
    Attempts,
}

impl Report {
    /// Prints the report.
    ///
    /// # Errors
    /// When the store fails.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let config = match self.config.load() {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        let from = self.from.unwrap_or(Timestamp::UNIX_EPOCH);
        let period = Period { from, to: self.to.unwrap_or(Timestamp::MAX) };
        block_on(async {
            let store = store(&config).await?;
            let text = match self.what {
                What::Channels => channels(&store, period, self.json, self.config.language()).await?,
                What::Outcomes => outcomes(&store, period, self.json).await?,
                What::Attempts => attempts(&store, period, self.json).await?,
            };
            store.close().await;
            print!("{text}");
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// The channel report as text, or as JSON with the definitions.
///
/// # Errors
/// When the store fails.
pub async fn channels(
    store: &Store,
    period: Period,
    json: bool,
    language: Language,
) -> anyhow::Result<String> {
    let table = effect_table(&store.channels_report(period).await?);
    if json {
        return Ok(format!("{}\n", serde_json::json!({ "definitions": DEFINITIONS, "rows": table })));
    }
    let mut text = String::new();
    for row in &table {
        text += &effect_text(row);
    }
    text += match language {
        Language::En => "\nHow to read it (numerator of denominator = share, with its 95 % interval):\n",
        Language::Ru => "\nКак читать (числитель из знаменателя = доля, в скобках 95-процентный интервал):\n",
    };
    for definition in DEFINITIONS {
        let (numerator, denominator) = match language {
            Language::En => (definition.numerator, definition.denominator),
            Language::Ru => (definition.numerator_ru, definition.denominator_ru),
        };
        text += &format!("  {:<13} {numerator} / {denominator}\n", definition.key);
    }
    Ok(text)
}

fn effect_text(row: &EffectRow) -> String {
    let money = |minor| Money::new(minor, row.currency).reveal();
    let head = format!("{} · {} · {}", row.channel.code(), row.debtor_type.code(), row.kind.code());
    let lines = [
        ("answered", row.answered),
        ("right_party", row.right_party),
        ("amount_heard", row.amount_heard),
        ("promise", row.promise),
        ("refused", row.refused),
        ("paid", row.paid),
        ("faults", row.faults),
    ];
    let ratios: String = lines.iter().map(|(key, ratio)| format!("  {key:<13} {ratio}\n")).collect();
    let (owed, paid) = (money(row.owed_minor), money(row.paid_minor));
    format!("{head}\n  actions       {}\n{ratios}  money         paid {paid} of {owed} owed\n", row.actions)
}

/// Attempts by outcome and disposition.
///
/// # Errors
/// When the store fails.
pub async fn outcomes(store: &Store, period: Period, json: bool) -> anyhow::Result<String> {
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
    let mut text = String::new();
    for line in &lines {
        let disposition = line.disposition.map_or("", |d| d.code());
        let share = crate::stats::Ratio::new(line.attempts, all);
        text += &format!("{:<16} {disposition:<18} {share}\n", line.outcome.code());
    }
    Ok(text + &format!("{:<16} {:<18} {all}\n", "all attempts", ""))
}

async fn attempts(store: &Store, period: Period, json: bool) -> anyhow::Result<String> {
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
    let text = lines.iter().map(|line| {
        format!(
            "{:<20} {:<12} attempts {} open {} answered {} faults {} talk {} s cost {:.2}\n",
            line.campaign,
            line.trunk,
            line.attempts,
            line.open,
            line.answered,
            line.failed,
            line.talk_s,
            line.cost_micro as f64 / 1e6,
        )
    });
    Ok(text.collect())
}
