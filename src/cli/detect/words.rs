//! What was heard, in words for the screen.

use std::path::Path;

use super::listening::Listening;
use crate::cli::heard;
use crate::domain::verdict::{Heard, Verdict};
use crate::domain::{Announcement, Language};

/// One recording in one line.
pub(super) fn line(path: &Path, heard: &Listening, language: Language) -> String {
    let seconds = |ms: u32| f64::from(ms) / 1000.0;
    let (at, second, sure, beep) = match language {
        Language::En => ("at", "s", "confidence", "beep"),
        Language::Ru => ("на", "с", "уверенность", "сигнал"),
    };
    let last = heard.last;
    let verdict = verdict(last.verdict, language);
    let mut line = format!(
        "{}: {verdict} {at} {:.2} {second}, {sure} {:.2}",
        path.display(),
        seconds(last.at_ms),
        last.confidence
    );
    if let Some((start, end)) = heard.beep {
        let end = end.map_or(String::new(), |end| format!("{:.2}", seconds(end)));
        line.push_str(&format!(", {beep} {:.2}–{end} {second}", seconds(start)));
    }
    for heard in &heard.events {
        if let Heard::Announced { says, at_ms } = heard {
            line.push_str(&format!(
                ", {} {at} {:.2} {second}",
                announcement(*says, language),
                seconds(*at_ms)
            ));
        }
    }
    line
}

pub(super) fn announcement(says: Announcement, language: Language) -> &'static str {
    heard::announcement(says.code(), language)
}

pub(super) fn verdict(verdict: Verdict, language: Language) -> &'static str {
    heard::verdict(verdict.code(), language)
}
