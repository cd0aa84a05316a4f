//! The days that a report is of.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use super::texts::Texts;
use crate::domain::Language;
use crate::stats::SheetKind;

/// Days of the house, both in it; where one is absent, from the first or to the last there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Days {
    pub from: Option<Date>,
    pub to: Option<Date>,
}

/// A sheet that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetWish {
    pub kind: SheetKind,
    pub language: Language,
    pub days: Days,
}

/// The days as the address has them.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Written {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

impl Written {
    /// Reads them; an empty field is an absent one. What is no day, or the wrong way round, is refused with words.
    pub(super) fn read(&self, language: Language) -> Result<Days, Response> {
        let refuse = |text: &'static str| (StatusCode::UNPROCESSABLE_ENTITY, text).into_response();
        let texts = Texts::of(language);
        let day = |text: &str| match text.trim() {
            "" => Ok(None),
            text => text.parse::<Date>().map(Some).map_err(|_| refuse(texts.no_day)),
        };
        let days = Days { from: day(&self.from)?, to: day(&self.to)? };
        match days.from.zip(days.to).is_some_and(|(from, to)| from > to) {
            true => Err(refuse(texts.no_days)),
            false => Ok(days),
        }
    }
}

impl Days {
    /// The part of an address that asks for them.
    pub(super) fn query(self) -> String {
        let part = |name: &str, day: Option<Date>| day.map(|day| format!("{name}={day}"));
        let parts: Vec<String> = part("from", self.from).into_iter().chain(part("to", self.to)).collect();
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }

    pub(super) fn form(self, path: &str, texts: &Texts) -> Markup {
        let text = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        html! {
            form.bar action=(path) {
                label { (texts.from_day) " " input type="date" name="from" value=(text(self.from)); }
                label { (texts.to_day) " " input type="date" name="to" value=(text(self.to)); }
                button { (texts.show) }
                @if self != Self::default() { a href=(path) { (texts.all_time) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_day_is_refused_with_words() {
        let read = |from: &str, to: &str| {
            Written { from: from.into(), to: to.into() }
                .read(Language::En)
                .map_err(|refused| refused.status())
        };
        let days = read("2026-03-01", "").expect("days");
        assert_eq!(days.query(), "?from=2026-03-01");
        assert_eq!(read("", "").map(Days::query).expect("always"), "");
        for (from, to) in [("2026-02-30", ""), ("", "tomorrow"), ("2026-03-02", "2026-03-01")] {
            assert_eq!(read(from, to), Err(StatusCode::UNPROCESSABLE_ENTITY), "{from} {to}");
        }
    }
}
