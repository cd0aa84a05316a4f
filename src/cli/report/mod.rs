//! `obzvon report`: what was done and what came of it, each ratio with its denominator.

mod agents;
mod kpi;
mod pareto;
mod promises;
mod types;
mod uplift;
mod wear;

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use self::wear::Reaction;
use super::exceptions::notices_text;
use super::open::{ConfigArgs, block_on, store};
use super::words;
use crate::daemon::Clock;
use crate::domain::{Language, Money};
use crate::stats::{DEFINITIONS, EffectRow, effect_table};
use crate::store::{LeftOut, Period, Store};

/// Reports: agents, channels, outcomes, attempts, uplift, wear, pareto, promises, types, kpi
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
    /// Days after an action, or a selection, within which a payment counts
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=366))]
    window_days: u16,
    /// What counts as a reaction in `wear`
    #[arg(long, value_enum, default_value_t = Reaction::RightParty)]
    reaction: Reaction,
    /// For a program: one JSON array
    #[arg(long)]
    json: bool,
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
    /// How much of the money how few of the accounts bring
    Pareto,
    /// The field's figures by name: penetration, right-party contacts, kept promises, abandonment, cost of each
    Kpi,
    /// What every figure of `kpi` divides by what
    Glossary,
    /// The debtors' types now, and how they changed
    Types,
    /// Promises made, and those kept of the ones whose day is over
    Promises,
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
        let language = self.config.language();
        block_on(async {
            let store = store(&config).await?;
            let text = match self.what {
                What::Agents => agents::report(&store, period, Clock.wall(), self.json, language).await?,
                What::Channels => channels(&store, period, self.json, language).await?,
                What::Outcomes => outcomes(&store, period, self.json, language).await?,
                What::Attempts => attempts(&store, period, self.json, language).await?,
                What::Uplift => {
                    // A window that is not over yet says nothing, so "now" is the end.
                    let to = match self.to {
                        Some(to) => to,
                        None => store.now().await?,
                    };
                    let period = Period { to, ..period };
                    uplift::report(&store, period, self.window_days, self.json, language).await?
                }
                What::Wear => {
                    let reaction = (self.reaction, self.window_days);
                    wear::report(&store, period, reaction, self.json, language).await?
                }
                What::Kpi => kpi::report(&store, period, self.json, language).await?,
                What::Glossary => kpi::glossary(language),
                What::Types => types::report(&store, period, self.json, language).await?,
                What::Promises => promises::report(&store, period, self.json, language).await?,
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
    let left_out = store.left_out(period).await?;
    if json {
        let answer = serde_json::json!({ "definitions": DEFINITIONS, "rows": table, "left_out": left_out });
        return Ok(format!("{answer}\n"));
    }
    if table.is_empty() {
        return Ok(format!("{}{}", nothing_done(left_out, language), left_out_text(left_out, language)));
    }
    let mut text = String::new();
    for row in &table {
        text += &effect_text(row, language);
    }
    text += &left_out_text(left_out, language);
    text += match language {
        Language::En => "\nHow to read it: what is counted / out of what = share (its 95 % interval)\n",
        Language::Ru => "\nКак читать: что посчитано / из чего = доля (95-процентный интервал)\n",
    };
    for definition in DEFINITIONS {
        let (numerator, denominator) = match language {
            Language::En => (definition.numerator, definition.denominator),
            Language::Ru => (definition.numerator_ru, definition.denominator_ru),
        };
        text += &format!("  {:<16} {numerator} / {denominator}\n", words::figure(definition.key, language));
    }
    Ok(text)
}

/// Attempts that are not among the actions, and why.
fn left_out_text(left_out: LeftOut, language: Language) -> String {
    let LeftOut { taken_back, open } = left_out;
    match language {
        Language::En => format!(
            "\nNot among the actions: {taken_back} that we took back before an answer (payment, hold, stop): nobody was \
             reached; {open} still open\n"
        ),
        Language::Ru => format!(
            "\nНе вошли в действия: {taken_back} отозваны нами до ответа (платёж, запрет, остановка): никого не застали; \
             {open} ещё идут\n"
        ),
    }
}

fn nothing_done(left_out: LeftOut, language: Language) -> &'static str {
    match (left_out == LeftOut::default(), language) {
        (true, language) => nothing(language),
        (false, Language::En) => "no action in this time\n",
        (false, Language::Ru) => "за это время действий не было\n",
    }
}

fn nothing(language: Language) -> &'static str {
    match language {
        Language::En => "no attempt in this time\n",
        Language::Ru => "за это время попыток не было\n",
    }
}

fn effect_text(row: &EffectRow, language: Language) -> String {
    let money = |minor| Money::new(minor, row.currency).reveal();
    let head = format!(
        "{} · {} · {}",
        words::channel(row.channel.code(), language),
        words::debtor_type(row.debtor_type.code(), language),
        words::debt_kind(row.kind.code(), language)
    );
    let lines = [
        ("answered", row.answered),
        ("right_party", row.right_party),
        ("amount_heard", row.amount_heard),
        ("promise", row.promise),
        ("refused", row.refused),
        ("paid", row.paid),
        ("faults", row.faults),
    ];
    let line = |key: &str, value: String| format!("  {:<16} {value}\n", words::figure(key, language));
    let ratios: String = lines.iter().map(|(key, ratio)| line(key, ratio.to_string())).collect();
    let (owed, paid) = (money(row.owed_minor), money(row.paid_minor));
    let sums = match language {
        Language::En => format!("paid {paid} of {owed} owed on those debts"),
        Language::Ru => format!("оплачено {paid} из {owed} долга"),
    };
    format!("{head}\n{}{ratios}{}", line("actions", row.actions.to_string()), line("money", sums))
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
        let share = crate::stats::Ratio::new(line.attempts, all);
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
