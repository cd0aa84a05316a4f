//! The approved exceptions of `limits.toml`: shown wherever the rules are.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::Language;
use crate::rules::Override;

/// One line an exception: the rule, its limit, the evidence with who approved it, and its end.
pub fn exceptions_text(preset: &str, exceptions: &[Override], now: Timestamp, language: Language) -> String {
    let lines = exceptions.iter().map(|one| {
        let Override { rule, limit, evidence, until, .. } = one;
        let until = until.map_or_else(|| "-".to_owned(), |until| until.to_string());
        match (language, one.in_force(now)) {
            (Language::Ru, true) => {
                format!("исключение в силе: {preset}, {rule}: предел {limit}, основание — {evidence}, до {until}\n")
            }
            (Language::Ru, false) => {
                format!("исключение истекло: {preset}, {rule}: предел {limit}, основание — {evidence}, до {until}\n")
            }
            (Language::En, true) => {
                format!("exception in force: {preset}, {rule}: limit {limit} on {evidence}, until {until}\n")
            }
            (Language::En, false) => {
                format!("exception expired: {preset}, {rule}: limit {limit} on {evidence}, until {until}\n")
            }
        }
    });
    lines.collect()
}

/// The same for a program.
pub fn exceptions_json(preset: &str, exceptions: &[Override], now: Timestamp) -> Vec<Value> {
    let objects = exceptions.iter().map(|one| {
        json!({
            "preset": preset, "rule": one.rule, "limit": one.limit, "evidence": one.evidence, "until": one.until,
            "in_force": one.in_force(now),
        })
    });
    objects.collect()
}
