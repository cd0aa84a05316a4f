//! The days that a report is of, and how it is cut.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use super::texts::Texts;
use crate::domain::Language;
use crate::stats::{Attribution, Axis, Cut, SheetKind, WearBy};

/// Days of the house, both in it; where one is absent, from the first or to the last there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Days {
    pub from: Option<Date>,
    pub to: Option<Date>,
}

/// A sheet that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetWish {
    pub kind: SheetKind,
    pub language: Language,
    pub days: Days,
    pub cut: Cut,
}

/// What the address asks for. A parameter that no report has is refused by its name.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    /// Axes with commas between them.
    #[serde(default)]
    by: String,
    #[serde(default)]
    attribution: String,
    #[serde(default)]
    reaction: String,
    #[serde(default)]
    window_days: String,
}

impl Written {
    /// Reads them; an empty field is an absent one. What is no day, or the wrong way round, is refused with words.
    pub(super) fn read(&self, kind: SheetKind, language: Language) -> Result<SheetWish, Response> {
        Ok(SheetWish { kind, language, days: self.days(language)?, cut: self.cut(kind)? })
    }

    fn days(&self, language: Language) -> Result<Days, Response> {
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

impl Written {
    /// Reads the cut; a parameter of another report, or a word it does not know, is refused by its name.
    fn cut(&self, kind: SheetKind) -> Result<Cut, Response> {
        let refuse = |name: &str, text: &str| {
            (StatusCode::UNPROCESSABLE_ENTITY, format!("{name}={text}: /reports/{}", kind.code()))
                .into_response()
        };
        let told = [
            ("by", &self.by, kind == SheetKind::Channels),
            ("attribution", &self.attribution, kind == SheetKind::Channels),
            ("reaction", &self.reaction, kind == SheetKind::Wear),
            ("window_days", &self.window_days, kind == SheetKind::Uplift),
        ];
        if let Some((name, text, _)) = told.iter().find(|(_, text, its)| !its && !text.is_empty()) {
            return Err(refuse(name, text));
        }
        let mut cut = Cut::default();
        for word in self.by.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            let axis = Axis::parse(&word.replace('-', "_")).ok_or_else(|| refuse("by", word))?;
            if !cut.by.contains(&axis) {
                cut.by.push(axis);
            }
        }
        if !self.attribution.is_empty() {
            let rule = Attribution::parse(&self.attribution);
            cut.attribution = Some(rule.ok_or_else(|| refuse("attribution", &self.attribution))?);
        }
        if !self.reaction.is_empty() {
            cut.reaction = WearBy::parse(&self.reaction).ok_or_else(|| refuse("reaction", &self.reaction))?;
        }
        if !self.window_days.is_empty() {
            let days = self.window_days.parse().ok().filter(|days| (1..=366).contains(days));
            cut.window_days = Some(days.ok_or_else(|| refuse("window_days", &self.window_days))?);
        }
        Ok(cut)
    }
}

impl SheetWish {
    /// The part of an address that asks for it.
    pub(super) fn query(&self) -> String {
        let day = |name: &str, day: Option<Date>| day.map(|day| format!("{name}={day}"));
        let cut = &self.cut;
        let by = cut.by.iter().map(|axis| axis.code()).collect::<Vec<_>>().join(",");
        let parts = [
            day("from", self.days.from),
            day("to", self.days.to),
            (!by.is_empty()).then(|| format!("by={by}")),
            cut.attribution.map(|rule| format!("attribution={}", rule.code())),
            (cut.reaction != WearBy::default()).then(|| format!("reaction={}", cut.reaction.code())),
            cut.window_days.map(|days| format!("window_days={days}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }

    /// What the page's form asks beside the days.
    fn choices(&self, texts: &Texts) -> Markup {
        let (cut, language) = (&self.cut, self.language);
        html! {
            @if self.kind == SheetKind::Channels {
                label { (texts.by) " "
                    select name="by" {
                        option value="" { "—" }
                        @for axis in Axis::ALL {
                            option value=(axis.code()) selected[cut.by.first() == Some(&axis)] { (axis.name(language)) }
                        }
                    }
                }
                label { (texts.attribution) " "
                    select name="attribution" {
                        option value="" { "—" }
                        @for rule in Attribution::ALL {
                            option value=(rule.code()) selected[cut.attribution == Some(rule)] { (rule.name(language)) }
                        }
                    }
                }
            }
            @if self.kind == SheetKind::Wear {
                label { (texts.reaction) " "
                    select name="reaction" {
                        @for by in WearBy::ALL {
                            option value=(by.code()) selected[cut.reaction == by] { (by.name(language)) }
                        }
                    }
                }
            }
            @if self.kind == SheetKind::Uplift {
                label { (texts.window_days) " "
                    input type="number" name="window_days" min="1" max="366" value=[cut.window_days];
                }
            }
        }
    }

    pub(super) fn form(&self, path: &str, texts: &Texts) -> Markup {
        let text = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        html! {
            form.bar action=(path) {
                label { (texts.from_day) " " input type="date" name="from" value=(text(self.days.from)); }
                label { (texts.to_day) " " input type="date" name="to" value=(text(self.days.to)); }
                (self.choices(texts))
                button { (texts.show) }
                @if self.days != Days::default() { a href=(path) { (texts.all_time) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: SheetKind, written: Written) -> Result<String, StatusCode> {
        written.read(kind, Language::En).map(|wish| wish.query()).map_err(|refused| refused.status())
    }

    #[test]
    fn what_is_no_day_is_refused_with_words() {
        let days = |from: &str, to: &str| {
            read(SheetKind::Kpi, Written { from: from.into(), to: to.into(), ..Written::default() })
        };
        assert_eq!(days("2026-03-01", "").as_deref(), Ok("?from=2026-03-01"));
        assert_eq!(days("", "").as_deref(), Ok(""));
        for (from, to) in [("2026-02-30", ""), ("", "tomorrow"), ("2026-03-02", "2026-03-01")] {
            assert_eq!(days(from, to), Err(StatusCode::UNPROCESSABLE_ENTITY), "{from} {to}");
        }
    }

    #[test]
    fn a_cut_is_read_and_one_of_another_report_is_refused() {
        let by = |kind, by: &str| read(kind, Written { by: by.into(), ..Written::default() });
        assert_eq!(by(SheetKind::Channels, "creditor,day-part").as_deref(), Ok("?by=creditor,day_part"));
        assert_eq!(by(SheetKind::Channels, "colour"), Err(StatusCode::UNPROCESSABLE_ENTITY));
        assert_eq!(by(SheetKind::Kpi, "creditor"), Err(StatusCode::UNPROCESSABLE_ENTITY));
        let long = Written { window_days: "367".into(), ..Written::default() };
        assert_eq!(read(SheetKind::Uplift, long), Err(StatusCode::UNPROCESSABLE_ENTITY));
    }
}
