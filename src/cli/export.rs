//! `obzvon export`: every attempt, what BI tools read, and the creditors' economics, as CSV or JSON lines.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use serde_json::json;

use super::open::{ConfigArgs, block_on, store};
use super::report;
use super::report::when::When;
use super::standing::user;
use crate::config::Config;
use crate::daemon::Clock;
use crate::domain::Money;
use crate::import::neutralise;
use crate::store::{AttemptFilter, AttemptRow, Ears, ExportAct, HeardRow, Period, Store, StoreError, View};

/// Exports lists as CSV or JSON lines, to standard output
#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    config: ConfigArgs,
    /// What to export
    what: What,
    /// One JSON object a line
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Comma-separated values with a header (the default)
    #[arg(long)]
    csv: bool,
    /// Reserved from this day (2026-12-01, by the clock of statistics.toml's zone) or moment (2026-12-01T00:00:00Z)
    #[arg(long)]
    from: Option<When>,
    /// Reserved before this day or moment
    #[arg(long)]
    to: Option<When>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    /// Every attempt with all that is kept of it
    Attempts,
    /// What was heard in them: every verdict with what it rested on, every beep, each a row
    Heard,
    /// Closed attempts by day, as BI tools read them (`bi_call_day`)
    BiCallDay,
    /// Actions against reactions by day (`bi_effect_day`)
    BiEffectDay,
    /// The same by month (`bi_effect_month`)
    BiEffectMonth,
    /// Revenue, cost and margin by creditor and month
    Economics,
}

impl Export {
    /// Writes the list.
    ///
    /// # Errors
    /// When the store or the output fails.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let config = match self.config.load() {
            Ok(config) => config,
            Err(code) => return Ok(code),
        };
        let view = match self.what {
            What::Attempts => return self.attempts(&config),
            What::Heard => return self.heard(&config),
            What::Economics => return self.economics(&config),
            What::BiCallDay => View::CallDay,
            What::BiEffectDay => View::EffectDay,
            What::BiEffectMonth => View::EffectMonth,
        };
        block_on(async {
            let store = store(&config).await?;
            let rows = store.view(view).await;
            store.close().await;
            put_rows(&view.columns(), &rows?, self.json)
        })
    }

    fn economics(&self, config: &Config) -> anyhow::Result<ExitCode> {
        let period = self.period(config);
        block_on(async {
            let store = store(config).await?;
            let economics = &config.statistics.economics;
            let counted = report::economics::count(&store, period, Clock.wall(), economics).await;
            store.close().await;
            let rows = report::economics::lines(&counted?.0, economics);
            put_rows(&report::economics::COLUMNS, &rows, self.json)
        })
    }

    fn period(&self, config: &Config) -> Period {
        let (from, to) = self.bounds(config);
        Period { from: from.unwrap_or(Timestamp::UNIX_EPOCH), to: to.unwrap_or(Timestamp::MAX) }
    }

    /// The moments between which attempts are asked for, on the house's clock.
    fn bounds(&self, config: &Config) -> (Option<Timestamp>, Option<Timestamp>) {
        let moment = |when: When| when.moment(&config.statistics.basis.zone);
        (self.from.map(moment), self.to.map(moment))
    }

    fn attempts(&self, config: &Config) -> anyhow::Result<ExitCode> {
        let (from, to) = self.bounds(config);
        let filter = AttemptFilter { campaign: None, from, to };
        // For those who watch over it.
        let moments = [("from", from), ("to", to)];
        let given = moments.into_iter().filter_map(|(name, at)| Some(format!("{name}={}", at?)));
        let asked = given.collect::<Vec<_>>().join("&");
        block_on(async {
            let store = store(config).await?;
            let noted = note_export(&store, "export attempts", asked, None).await?;
            let mut walk = store.export_attempts(filter);
            let (mut sink, mut rows) = (Sink::new(self.json, &COLUMNS)?, 0);
            loop {
                let page = walk.next_page().await?;
                if page.is_empty() {
                    break;
                }
                for row in &page {
                    sink.put(&object(row)).context("writing attempts")?;
                }
                rows += page.len() as i64;
            }
            sink.end()?;
            store.count_export(noted, rows).await?;
            store.close().await;
            Ok(ExitCode::SUCCESS)
        })
    }

    fn heard(&self, config: &Config) -> anyhow::Result<ExitCode> {
        let period = self.period(config);
        block_on(async {
            let store = store(config).await?;
            let mut walk = store.export_heard(period);
            let mut sink = Sink::new(self.json, &HEARD)?;
            loop {
                let page = walk.next_page().await?;
                if page.is_empty() {
                    break;
                }
                for row in &page {
                    sink.put(&heard_object(row)).context("writing what was heard")?;
                }
            }
            sink.end()?;
            store.close().await;
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// Writes down who takes people's data by a command, before it is given; gives the id of what was noted.
///
/// # Errors
/// When the store fails: then nothing may be given.
pub(super) async fn note_export(
    store: &Store,
    command: &str,
    filter: String,
    rows: Option<usize>,
) -> Result<i64, StoreError> {
    let rows = rows.and_then(|rows| i64::try_from(rows).ok());
    let (at, what) = (Clock.wall(), format!("obzvon {command}"));
    store.note_export(ExportAct { at, who: user(), what, filter, rows }).await
}

/// Rows of text as CSV, or as a JSON object a line.
fn put_rows(columns: &[&str], rows: &[Vec<String>], json: bool) -> anyhow::Result<ExitCode> {
    if json {
        let mut out = std::io::BufWriter::new(std::io::stdout());
        for row in rows {
            let object: serde_json::Map<_, _> =
                columns.iter().zip(row).map(|(column, cell)| ((*column).to_owned(), json!(cell))).collect();
            writeln!(out, "{}", serde_json::Value::from(object))?;
        }
        out.flush()?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut writer = csv::Writer::from_writer(std::io::stdout());
    writer.write_record(columns).context("writing the header")?;
    for row in rows {
        writer.write_record(row.iter().map(|text| neutralise(text).into_owned()))?;
    }
    writer.flush().context("writing rows")?;
    Ok(ExitCode::SUCCESS)
}

enum Sink {
    /// With its columns.
    Csv(Box<csv::Writer<std::io::Stdout>>, &'static [&'static str]),
    Json(std::io::BufWriter<std::io::Stdout>),
}

impl Sink {
    fn new(json: bool, columns: &'static [&'static str]) -> anyhow::Result<Self> {
        if json {
            return Ok(Self::Json(std::io::BufWriter::new(std::io::stdout())));
        }
        let mut writer = csv::Writer::from_writer(std::io::stdout());
        writer.write_record(columns).context("writing the header")?;
        Ok(Self::Csv(Box::new(writer), columns))
    }

    fn put(&mut self, object: &serde_json::Value) -> anyhow::Result<()> {
        match self {
            Self::Csv(writer, columns) => {
                let cells = columns.iter().map(|column| cell(&object[column]));
                writer.write_record(cells.collect::<Vec<_>>())?;
            }
            Self::Json(writer) => writeln!(writer, "{object}")?,
        }
        Ok(())
    }

    fn end(self) -> anyhow::Result<()> {
        match self {
            Self::Csv(mut writer, _) => writer.flush().context("writing rows"),
            Self::Json(mut writer) => writer.flush().context("writing rows"),
        }
    }
}

/// The text of a cell; one that a spreadsheet would take for a formula is neutralised.
fn cell(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => neutralise(text).into_owned(),
        other => other.to_string(),
    }
}

const COLUMNS: [&str; 46] = [
    "attempt",
    "contact",
    "campaign",
    "person",
    "debt",
    "creditor",
    "phone",
    "node",
    "trunk",
    "caller_id",
    "channel",
    "debtor_type",
    "debt_kind",
    "amount",
    "config_version",
    "flow_version",
    "due_at",
    "reserved_at",
    "invite_at",
    "trying_at",
    "ringing_at",
    "early_media_at",
    "answer_at",
    "first_audio_at",
    "first_key_at",
    "end_at",
    "outcome",
    "disposition",
    "grades",
    "sip_code",
    "sip_reason",
    "q850",
    "hung_up_by",
    "heard_percent",
    "keys",
    "identified",
    "promised_on",
    "cost_micro",
    "decision",
    "verdict",
    "verdict_ms",
    "confidence",
    "first_verdict",
    "first_verdict_ms",
    "beep_start_ms",
    "beep_end_ms",
];

const HEARD: [&str; 8] = ["attempt", "n", "early", "event", "what", "t_ms", "confidence", "features"];

/// An attempt for a program.
pub fn object(row: &AttemptRow) -> serde_json::Value {
    let stamps = &row.stamps;
    let money = |money: Money| money.reveal();
    let mut object = json!({
        "attempt": row.id, "contact": row.contact, "campaign": row.campaign, "person": row.person, "debt": row.debt,
        "creditor": row.creditor, "phone": row.phone.as_e164(), "node": row.node, "trunk": row.trunk,
        "caller_id": row.caller_id.as_e164(), "channel": row.channel, "debtor_type": row.debtor_type,
        "debt_kind": row.debt_kind, "amount": money(row.amount), "config_version": row.config_version,
        "flow_version": row.flow_version, "due_at": row.due_at, "reserved_at": row.reserved_at,
        "invite_at": stamps.invite, "trying_at": stamps.trying, "ringing_at": stamps.ringing,
        "early_media_at": stamps.early_media, "answer_at": stamps.answer, "first_audio_at": stamps.first_audio,
        "first_key_at": stamps.first_key, "end_at": stamps.end, "outcome": row.outcome.map(|o| o.code()),
        "disposition": row.disposition, "grades": row.grades.join(" "), "sip_code": row.last_word.sip_code,
        "sip_reason": row.last_word.reason, "q850": row.last_word.q850, "hung_up_by": row.hung_up_by,
        "heard_percent": row.heard_percent, "keys": row.keys, "identified": row.identified,
        "promised_on": row.promised_on, "cost_micro": row.cost_micro,
        "decision": row.decision,
    });
    object.as_object_mut().expect("it is one").extend(ears(&row.ears));
    object
}

/// Who or what answered.
fn ears(ears: &Ears) -> serde_json::Map<String, serde_json::Value> {
    let (last, first) = (ears.last.as_ref(), ears.first.as_ref());
    let named = [
        ("verdict", json!(last.map(|last| &last.verdict))),
        ("verdict_ms", json!(last.map(|last| last.at_ms))),
        ("confidence", json!(last.map(|last| confidence(last.permille)))),
        ("first_verdict", json!(first.map(|first| &first.verdict))),
        ("first_verdict_ms", json!(first.map(|first| first.at_ms))),
        ("beep_start_ms", json!(ears.beep_start_ms)),
        ("beep_end_ms", json!(ears.beep_end_ms)),
    ];
    named.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// One thing that was heard, for a program; what a verdict rested on stays an object.
pub(super) fn heard_object(row: &HeardRow) -> serde_json::Value {
    let features = row.features.as_deref().and_then(|text| serde_json::from_str(text).ok());
    json!({
        "attempt": row.attempt, "n": row.n, "early": row.early, "event": row.code, "what": row.says,
        "t_ms": row.at_ms, "confidence": row.permille.map(confidence),
        "features": features.unwrap_or(serde_json::Value::Null),
    })
}

fn confidence(permille: u16) -> f64 {
    f64::from(permille) / 1000.0
}
