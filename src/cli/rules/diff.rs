//! Compares two presets rule by rule, and the calendars they go by, and says which way each change goes.

use std::io::{self, Write};

use serde_json::Value;

use crate::rules::calendar::Calendars;
use crate::rules::shipped::lost_days;
use crate::rules::tighter::{at_least_as_tight, loosened};
use crate::rules::{Preset, Rule};

/// A preset and the calendars of the files it stands in.
pub type Side<'a> = (&'a Preset, &'a Calendars);

/// Writes what `new` changes against `old`; `true` when it is at least as tight.
///
/// # Errors
/// When writing fails.
pub fn diff_presets(
    (old, old_calendars): Side<'_>,
    (new, new_calendars): Side<'_>,
    mut output: impl Write,
) -> io::Result<bool> {
    for was in old.rules.iter().filter(|was| !new.rules.contains(was)) {
        match new.rules.iter().find(|is| is.id == was.id) {
            None => writeln!(output, "- {} ({})", was.id, was.kind.word())?,
            Some(is) => writeln!(output, "~ {} ({}): {}", was.id, direction(was, is), changes(was, is))?,
        }
    }
    for is in new.rules.iter().filter(|is| !old.rules.iter().any(|was| was.id == is.id)) {
        writeln!(output, "+ {} ({})", is.id, is.kind.word())?;
    }
    let mut looser: Vec<_> = loosened(old, new).iter().map(ToString::to_string).collect();
    for (name, was) in old_calendars.of(old) {
        let is = new_calendars.0.get(name);
        if is == Some(was) {
            continue;
        }
        writeln!(output, "~ calendar {name}")?;
        let Some(is) = is else { continue }; // the rule that went by it has changed and is told as such
        // Days after the end had the hours of holidays, whatever is known of them now.
        let later = was.horizon.zip(is.horizon).filter(|(was, is)| is > was);
        if let Some(days) = lost_days(was, is) {
            looser.push(format!("calendar {name} ({days})"));
        } else if let Some((was, is)) = later {
            looser.push(format!("calendar {name} (horizon, {was} to {is})"));
        }
    }
    if looser.is_empty() {
        writeln!(output, "{} is at least as tight as {}", new.name, old.name)?;
    } else {
        writeln!(output, "{} loosens {}: {}", new.name, old.name, looser.join(", "))?;
    }
    Ok(looser.is_empty())
}

fn direction(was: &Rule, is: &Rule) -> &'static str {
    match (at_least_as_tight(is, was), at_least_as_tight(was, is)) {
        (true, true) => "as tight",
        (true, false) => "tighter",
        (false, true) => "looser",
        (false, false) => "incomparable",
    }
}

/// The fields that differ, such as `kind.limit: 2 -> 3`.
fn changes(was: &Rule, is: &Rule) -> String {
    let json = |rule: &Rule| serde_json::to_value(rule).unwrap_or_default();
    let mut told = Vec::new();
    compare("", &json(was), &json(is), &mut told);
    told.join("; ")
}

fn compare(path: &str, was: &Value, is: &Value, told: &mut Vec<String>) {
    match (was, is) {
        (Value::Object(old), Value::Object(new)) => {
            let added = new.keys().filter(|key| !old.contains_key(*key));
            for key in old.keys().chain(added) {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                compare(
                    &path,
                    old.get(key).unwrap_or(&Value::Null),
                    new.get(key).unwrap_or(&Value::Null),
                    told,
                );
            }
        }
        _ if was == is => {}
        _ => told.push(format!("{path}: {was} -> {is}")),
    }
}
