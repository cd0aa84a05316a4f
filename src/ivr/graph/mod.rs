//! A flow as a picture: Mermaid for a terminal or a wiki, SVG for a browser.

mod svg;

use std::collections::BTreeMap;
use std::fmt::Write;

pub use svg::{picture, svg};

use super::flow::Flow;
use super::step::{Plays, Step, StepNo, Target, Way};

/// An arrow: every way from one step to one target, under one label such as `1, no input`.
pub(super) struct Arrow {
    pub(super) from: StepNo,
    pub(super) to: Target,
    pub(super) label: String,
}

/// Says a code of a picture, such as `no input` or an outcome, in words.
pub type Say<'a> = &'a dyn Fn(&str) -> String;

/// Every arrow, in the order of the file.
pub(super) fn arrows(flow: &Flow, say: Say<'_>) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    for (from, step) in flow.steps.iter().enumerate() {
        let mut labels: BTreeMap<Target, Vec<String>> = BTreeMap::new();
        for (way, to) in step.ways() {
            let label = match way {
                Way::Key(key) => key.to_string(),
                Way::Agent | Way::Confirmed | Way::NoAgent | Way::NoInput | Way::NoMatch | Way::Then => {
                    say(&way.to_string())
                }
            };
            let known = labels.entry(to).or_default();
            if !label.is_empty() && !known.contains(&label) {
                known.push(label);
            }
        }
        arrows.extend(labels.into_iter().map(|(to, labels)| Arrow { from, to, label: labels.join(", ") }));
    }
    arrows
}

/// Characters that a box has room for.
const ROOM: usize = 24;

/// What a step does, in a word or two.
pub(super) fn caption(step: &Step, say: Say<'_>) -> String {
    let kind = match &step.plays {
        Plays::Ask { .. } => "ask",
        Plays::Connect { .. } => "connect",
        Plays::Enter { .. } => "number",
        Plays::Pass { .. } => "",
        Plays::Say { .. } => "say",
    };
    let mark = step.mark.map_or("", |_| "right_party");
    let outcome = step.outcome.map_or("", |outcome| outcome.code());
    let words: Vec<_> = [kind, mark, outcome].into_iter().filter(|word| !word.is_empty()).map(say).collect();
    let all = words.join(" · ");
    // What comes of a step says more than what it does, and a box has room for so much.
    match words.last() {
        Some(last) if all.chars().count() > ROOM => last.clone(),
        Some(_) | None => all,
    }
}

/// The flow in the language of Mermaid. Steps that only the debtor hears are filled.
pub fn mermaid(flow: &Flow) -> String {
    let mut text = format!("---\ntitle: {}\n---\nflowchart TD\n", flow.label());
    for (number, step) in flow.steps.iter().enumerate() {
        let class = if step.identified { ":::debtor" } else { "" };
        let caption = caption(step, &code);
        let caption = if caption.is_empty() { caption } else { format!("<br/>{caption}") };
        push(&mut text, &format!("  s{number}[\"{}{caption}\"]{class}", step.name));
    }
    for arrow in arrows(flow, &code) {
        let label = if arrow.label.is_empty() { String::new() } else { format!("|\"{}\"|", arrow.label) };
        let to = match arrow.to {
            Target::Agent => "agent([agent])".to_owned(),
            Target::HangUp => "hangup([hang up])".to_owned(),
            Target::Step(number) => format!("s{number}"),
        };
        push(&mut text, &format!("  s{} -->{label} {to}", arrow.from));
    }
    push(&mut text, "  classDef debtor fill:#e6f0e6,stroke:#4a7a4a");
    text
}

/// A code stands for itself.
pub(super) fn code(code: &str) -> String {
    code.to_owned()
}

fn push(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a string takes every line");
}
