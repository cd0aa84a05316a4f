//! Decides test vectors line by line.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, BufRead, Write};

use serde::Serialize;
use serde_json::json;

use super::vector::Vector;
use crate::rules::preset::RuleKind;
use crate::rules::{Calendar, Calendars, Decision, Preset, Presets, decide};

/// How the lines went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub vectors: u64,
    pub wrong_lines: u64,
}

/// A decision as vectors expect it.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    decision: &'static str,
    deny_rule: Option<&'a str>,
    also_denied_by: Vec<&'a str>,
    next_allowed_utc: Option<String>,
}

/// Reads vectors and writes one line for each. A line that is no vector gets a line that names it and says why. What a
/// vector says and nobody looks at, a misspelt field, an override of no rule, is told to `notes`.
///
/// # Errors
/// When reading or writing fails.
pub fn eval(
    presets: &Presets,
    mut input: impl BufRead,
    mut output: impl Write,
    mut notes: impl Write,
) -> io::Result<Summary> {
    let mut bench = Bench { presets, flattened: HashMap::new() };
    let mut summary = Summary::default();
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let text = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line).trim_ascii();
        if text.is_empty() {
            continue;
        }
        summary.vectors += 1;
        match bench.decide(text) {
            Ok((answer, unread)) => {
                writeln!(output, "{answer}")?;
                for what in unread {
                    writeln!(notes, "line {number}: {what}")?;
                }
            }
            Err(why) => {
                summary.wrong_lines += 1;
                let id = serde_json::from_slice::<serde_json::Value>(text).ok();
                let id = id.and_then(|line| line.get("id").cloned());
                writeln!(output, "{}", json!({ "line": number, "id": id, "error": why }))?;
            }
        }
    }
    Ok(summary)
}

/// The presets, each flattened once.
struct Bench<'a> {
    presets: &'a Presets,
    flattened: HashMap<String, Preset>,
}

impl Bench<'_> {
    /// The answer, and what of the vector had no part in it.
    fn decide(&mut self, text: &[u8]) -> Result<(String, Vec<String>), String> {
        let vector: Vector = serde_json::from_slice(text).map_err(|mistake| mistake.to_string())?;
        let preset = match self.flattened.get(&vector.preset) {
            Some(preset) => preset,
            None => {
                let preset = self.presets.flatten(&vector.preset).map_err(|mistake| mistake.to_string())?;
                self.flattened.entry(vector.preset.clone()).or_insert(preset)
            }
        };
        let known = |rule: &&String| preset.rules.iter().any(|known| known.id.as_str() == rule.as_str());
        let mut unread: Vec<_> = vector.strangers().map(|name| format!("no such field: {name}")).collect();
        let ruleless = vector.overrides.keys().filter(|rule| !known(rule));
        unread.extend(ruleless.map(|rule| format!("overrides: {} has no rule {rule}", vector.preset)));
        let (preset, calendars) = with_days_off(preset, self.presets.calendars(), &vector.calendar_extra_off);
        let (facts, history) = vector.read()?;
        let decision = decide(&preset, &calendars, &facts, &history, vector.now_utc);
        let line = answer(&vector.id, &decision);
        let line = serde_json::to_string(&line).map_err(|mistake| mistake.to_string())?;
        Ok((line, unread))
    }
}

fn answer<'a>(id: &'a str, decision: &'a Decision) -> Line<'a> {
    Line {
        id,
        decision: if decision.allow { "allow" } else { "deny" },
        deny_rule: decision.deny.as_ref().map(|rule| rule.as_str()),
        also_denied_by: decision.also_denied_by().into_iter().map(|rule| rule.as_str()).collect(),
        next_allowed_utc: decision.next_allowed.map(|time| time.to_string()),
    }
}

/// The preset and its calendars with the vector's own days off. A calendar that the file names and does not have is
/// taken as one without holidays: vectors bring their own.
fn with_days_off(
    preset: &Preset,
    calendars: &Calendars,
    extra_off: &BTreeSet<jiff::civil::Date>,
) -> (Preset, Calendars) {
    let (mut preset, mut used) = (preset.clone(), Calendars::default());
    for rule in &mut preset.rules {
        let RuleKind::Window { hours } = &mut rule.kind else { continue };
        let name = hours.calendar.get_or_insert_default();
        let mut calendar = calendars.0.get(name).cloned().unwrap_or_else(Calendar::default);
        calendar.off.extend(extra_off);
        used.0.insert(name.clone(), calendar);
    }
    (preset, used)
}
