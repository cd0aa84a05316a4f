//! Compares two presets rule by rule, and says which way each change goes.

use std::io::{self, Write};

use serde_json::Value;

use crate::rules::tighter::{at_least_as_tight, loosened};
use crate::rules::{Preset, Rule};

/// Writes what `new` changes against `old`; `true` when it is at least as tight.
///
/// # Errors
/// When writing fails.
pub fn diff_presets(old: &Preset, new: &Preset, mut output: impl Write) -> io::Result<bool> {
    for was in old.rules.iter().filter(|was| !new.rules.contains(was)) {
        match new.rules.iter().find(|is| is.id == was.id) {
            None => writeln!(output, "- {} ({})", was.id, was.kind.word())?,
            Some(is) => writeln!(output, "~ {} ({}): {}", was.id, direction(was, is), changes(was, is))?,
        }
    }
    for is in new.rules.iter().filter(|is| !old.rules.iter().any(|was| was.id == is.id)) {
        writeln!(output, "+ {} ({})", is.id, is.kind.word())?;
    }
    let loosened = loosened(old, new);
    if loosened.is_empty() {
        writeln!(output, "{} is at least as tight as {}", new.name, old.name)?;
    } else {
        let rules: Vec<_> = loosened.iter().map(ToString::to_string).collect();
        writeln!(output, "{} loosens {}: {}", new.name, old.name, rules.join(", "))?;
    }
    Ok(loosened.is_empty())
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
