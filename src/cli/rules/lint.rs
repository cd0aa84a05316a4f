//! Says what is wrong or doubtful about presets.

use std::io::{self, Write};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::rules::limits::Limits;
use crate::rules::lint::lint;
use crate::rules::{Preset, Presets};

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
    for name in names {
        match flatten(presets, limits, name, today) {
            Ok(preset) => {
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
) -> Result<Preset, Vec<String>> {
    let Some(limits) = limits else {
        return presets.flatten(name).map_err(|mistake| vec![mistake.to_string()]);
    };
    // Without a date no override is taken for expired.
    let now = today.and_then(|date| {
        date.to_datetime(jiff::civil::Time::midnight()).to_zoned_datetime(jiff::tz::TimeZone::UTC).ok()
    });
    let now = now.map_or(Timestamp::MIN, |now| now.timestamp());
    let told = |refused: Vec<_>| refused.iter().map(ToString::to_string).collect();
    limits.over(presets, name, now).map(|limited| limited.preset).map_err(told)
}
