//! Says what is wrong or doubtful about presets.

use std::io::{self, Write};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::plain;
use crate::rules::limits::{Limited, Limits};
use crate::rules::lint::lint;
use crate::rules::shipped::{Looser, caution, looser_than_shipped};
use crate::rules::{Caution, Override, Presets};

/// Writes a line for each remark on each of `names`, or on every preset; `true` when nothing stops the dialling.
///
/// # Errors
/// When writing fails.
pub fn lint_presets(
    presets: &Presets,
    limits: Option<&Limits>,
    names: &[String],
    today: Option<Date>,
    mut output: impl Write,
) -> io::Result<bool> {
    let every: Vec<String> = presets.names().map(str::to_owned).collect();
    let names = if names.is_empty() { &every } else { names };
    let mut sound = true;
    for stranger in limits.map(|limits| limits.strangers(presets)).unwrap_or_default() {
        sound = false;
        writeln!(output, "limits: error: {stranger}")?;
    }
    for looser in looser_than_shipped(presets) {
        sound = false;
        let (name, what) = match &looser {
            Looser::Rule { preset, rule } => (preset, rule.to_string()),
            Looser::Notice { preset, notice } => (preset, format!("the notice {}", notice.code())),
            Looser::Calendar { calendar, days } => (calendar, days.to_string()),
        };
        writeln!(output, "{name}: error: {what} is looser than in the shipped {name}")?;
    }
    for name in names {
        match flatten(presets, limits, name, today) {
            Ok(Limited { preset, overrides }) => {
                if let Some(caution) = caution(&preset) {
                    writeln!(output, "{name}: warning: {}", in_words(caution))?;
                }
                for Override { rule, limit, evidence, from, until } in &overrides {
                    let moment =
                        |at: &Option<Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
                    let (from, until, evidence) = (moment(from), moment(until), plain(evidence));
                    writeln!(
                        output,
                        "{name}: exception: {rule}: limit {limit} on {evidence}, {from} to {until}"
                    )?;
                }
                for remark in lint(&preset, presets.calendars(), today) {
                    let word = if remark.is_fatal() { "error" } else { "note" };
                    sound &= !remark.is_fatal();
                    writeln!(output, "{name}: {word}: {remark}")?;
                }
            }
            Err(mistakes) => {
                sound = false;
                for mistake in mistakes {
                    writeln!(output, "{name}: error: {mistake}")?;
                }
            }
        }
    }
    if sound {
        writeln!(output, "{} presets checked, nothing stops the dialling", names.len())?;
    }
    Ok(sound)
}

fn flatten(
    presets: &Presets,
    limits: Option<&Limits>,
    name: &str,
    today: Option<Date>,
) -> Result<Limited, Vec<String>> {
    let Some(limits) = limits else {
        let preset = presets.flatten(name).map_err(|mistake| vec![mistake.to_string()])?;
        return Ok(Limited { preset, overrides: Vec::new() });
    };
    // Without a date no override is taken for expired.
    let now = today.and_then(|date| {
        date.to_datetime(jiff::civil::Time::midnight()).to_zoned_datetime(jiff::tz::TimeZone::UTC).ok()
    });
    let now = now.map_or(Timestamp::MIN, |now| now.timestamp());
    let told = |refused: Vec<_>| refused.iter().map(ToString::to_string).collect();
    limits.over(presets, name, now).map_err(told)
}

fn in_words(caution: Caution) -> &'static str {
    match caution {
        Caution::Lenient => "reads the law leniently: only with written legal advice",
        Caution::Own => "not as tight as any law that is shipped; sound as a part of one",
    }
}
