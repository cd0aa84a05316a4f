//! Cases and what sets people off as rows of a file.

use jiff::Timestamp;

use crate::cases::{CaseActRow, CaseLine, Standing, State, TriggerLine};
use crate::cli::csv_text::csv_text;

const HEADS: [&str; 19] = [
    "number",
    "kind",
    "source",
    "state",
    "standing",
    "owner",
    "received",
    "due",
    "person",
    "debt",
    "creditor",
    "attempt",
    "opened_by",
    "closed",
    "justified",
    "creditor_due",
    "creditor_told",
    "creditor_says",
    "says_paid",
];

/// A case's history as a CSV file: codes, moments in UTC.
pub fn csv_of_history(acts: &[CaseActRow]) -> String {
    let line = |act: &CaseActRow| [act.at.to_string(), act.who.clone(), act.act.clone(), act.text.clone()];
    csv_text(&["at", "who", "act", "text"], acts.iter().map(line))
}

/// The cases as a CSV file, with how each stands at `now`.
pub fn csv_of_cases(lines: &[CaseLine], now: Timestamp) -> String {
    let moment = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.to_string());
    csv_text(
        &HEADS,
        lines.iter().map(|line| {
            let open = line.state != State::Closed;
            let standing = if open { Standing::of(line.presses_at(), now).code() } else { "" };
            [
                line.number.to_string(),
                line.kind.code().to_owned(),
                line.source.code().to_owned(),
                line.state.code().to_owned(),
                standing.to_owned(),
                line.owner.clone().unwrap_or_default(),
                line.received.to_string(),
                line.due.to_string(),
                line.person.clone().unwrap_or_default(),
                line.debt.clone().unwrap_or_default(),
                line.creditor.clone().unwrap_or_default(),
                line.attempt.map_or_else(String::new, |attempt| attempt.to_string()),
                line.opened_by.clone(),
                moment(line.closed_at),
                line.justified.map_or("", |right| if right { "yes" } else { "no" }).to_owned(),
                moment(line.asked_due),
                line.asked_due.map_or("", |_| if line.asked_told { "yes" } else { "no" }).to_owned(),
                line.creditor_says_owed.map_or("", |owed| if owed { "owed" } else { "not_owed" }).to_owned(),
                if line.says_paid { "yes" } else { "" }.to_owned(),
            ]
        }),
    )
}

/// Counts and their denominators: shares are divided by whoever reads them.
pub fn csv_of_triggers(lines: &[TriggerLine]) -> String {
    let rows = lines.iter().map(|line| {
        let counts = [line.calls, line.complaints, line.triggers, line.justified];
        let mut row = vec![line.key.clone()];
        row.extend(counts.iter().map(u64::to_string));
        row.push(if line.is_small() { "small" } else { "" }.to_owned());
        row
    });
    csv_text(
        &["key", "answered_calls", "with_complaint", "with_trigger", "with_justified_complaint", "sample"],
        rows,
    )
}
