//! What the shipped presets say of those of a folder: which of them an edit made looser, and which stand on no law.
//!
//! The shipped texts are in the program, so a file that was edited beside it can't vouch for itself.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::preset::{Preset, Presets, Reading, RuleId};
use super::tighter::loosened;
use crate::domain::Notice;

/// Something of a shipped name that a folder has looser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looser {
    /// A rule of the shipped preset that none of the folder's preset answers.
    Rule { preset: String, rule: RuleId },
    /// A notice that the folder's preset does not ask for.
    Notice { preset: String, notice: Notice },
    /// A calendar that knows fewer days off, or more working weekends, in the time the shipped one knows.
    Calendar { calendar: String, days: LostDays },
}

/// How a calendar became looser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostDays {
    /// It has no end any more, so later weekdays look open.
    Horizon,
    /// This day is no longer off.
    Off(Date),
    /// It has no day off in this year, which it knows and the shipped one does not.
    Year(i16),
    /// This weekend day is a working day now.
    Working(Date),
}

impl fmt::Display for LostDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Horizon => write!(f, "horizon"),
            Self::Off(day) => write!(f, "off, {day}"),
            Self::Year(year) => write!(f, "off, no day of {year}"),
            Self::Working(day) => write!(f, "working_weekends, {day}"),
        }
    }
}

/// What of `presets` is looser than the shipped thing of its name. A rule that several presets inherit is told once.
pub fn looser_than_shipped(presets: &Presets) -> Vec<Looser> {
    let shipped = Presets::shipped();
    let mut found: Vec<Looser> = Vec::new();
    for (name, calendar) in &presets.calendars().0 {
        let ours = shipped.calendars().0.get(name);
        if let Some(days) = ours.and_then(|ours| lost_days(ours, calendar)) {
            found.push(Looser::Calendar { calendar: name.clone(), days });
        }
    }
    for name in presets.names() {
        // What can't be flattened is told elsewhere.
        let (Ok(ours), Ok(theirs)) = (shipped.flatten(name), presets.flatten(name)) else { continue };
        for &notice in ours.notices.difference(&theirs.notices) {
            let told = |one: &Looser| matches!(one, Looser::Notice { notice: known, .. } if *known == notice);
            if !found.iter().any(told) {
                found.push(Looser::Notice { preset: name.to_owned(), notice });
            }
        }
        for rule in loosened(&ours, &theirs) {
            let told = |one: &Looser| matches!(one, Looser::Rule { rule: known, .. } if *known == rule);
            if !found.iter().any(told) {
                found.push(Looser::Rule { preset: name.to_owned(), rule });
            }
        }
    }
    found
}

/// What made `theirs` looser than `ours`, first things first. Days after the end of `ours` are anybody's to add, but
/// whoever moves the end must add them.
pub fn lost_days(ours: &Calendar, theirs: &Calendar) -> Option<LostDays> {
    let known = |day: Date| ours.horizon.is_some_and(|horizon| day <= horizon);
    if ours.horizon.is_some() && theirs.horizon.is_none() {
        return Some(LostDays::Horizon);
    }
    let holiday = |day: Date| theirs.off.contains(&day) || theirs.horizon.is_some_and(|end| day > end);
    if let Some(day) = ours.off.iter().find(|&&day| !holiday(day)) {
        return Some(LostDays::Off(*day));
    }
    if let (Some(end), Some(later)) = (ours.horizon, theirs.horizon) {
        let has_days = |year: i16| theirs.off.iter().any(|day| day.year() == year && *day > end);
        let next = end.saturating_add(jiff::Span::new().days(1));
        let mut newly = (next.year()..=later.year()).filter(|_| end < later);
        if let Some(year) = newly.find(|&year| !has_days(year)) {
            return Some(LostDays::Year(year));
        }
    }
    let working = theirs.working_weekends.difference(&ours.working_weekends);
    working.copied().find(|&day| known(day)).map(LostDays::Working)
}

/// Why a preset is shown with a warning wherever it is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caution {
    /// As tight as a lenient reading of a law and no tighter.
    Lenient,
    /// Not as tight as any law that is shipped.
    Own,
}

impl Caution {
    /// The code in files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Lenient => "lenient",
            Self::Own => "own",
        }
    }
}

/// What there is to warn of; absent when the preset is at least as tight as the law of some market.
pub fn caution(preset: &Preset) -> Option<Caution> {
    let shipped = Presets::shipped();
    let as_tight = |reading| {
        let laws = shipped.of_reading(reading).filter_map(|name| shipped.flatten(name).ok());
        laws.into_iter().any(|law| loosened(&law, preset).is_empty())
    };
    if as_tight(Reading::Whole) {
        None
    } else if as_tight(Reading::Lenient) {
        Some(Caution::Lenient)
    } else {
        Some(Caution::Own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RU: &str = include_str!("../../config/rules/ru.toml");
    const CORE: &str = include_str!("../../config/rules/core.toml");

    fn edited(from: &str, to: &str) -> Vec<Looser> {
        assert!(RU.contains(from), "{from}");
        let mut presets = Presets::default();
        presets.add(CORE).expect("sound");
        presets.add(&RU.replacen(from, to, 1)).expect("sound");
        looser_than_shipped(&presets)
    }

    #[test]
    fn the_shipped_files_are_not_looser_than_themselves() {
        assert_eq!(looser_than_shipped(&Presets::shipped()), []);
    }

    #[test]
    fn a_higher_limit_under_a_shipped_name_is_seen_once_with_its_rule() {
        let line = RU.lines().find(|line| line.contains("\"ru.call.week\"")).expect("the weekly cap");
        let found = edited(line, &line.replace("limit=2", "limit=5"));
        let rule = RuleId::from("ru.call.week");
        assert!(found.contains(&Looser::Rule { preset: "ru-230fz".to_owned(), rule }), "{found:?}");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(edited(line, &line.replace("limit=2", "limit=1")), []);
    }

    #[test]
    fn a_notice_that_was_taken_out_of_a_preset_is_seen_once() {
        let line = RU.lines().find(|line| line.starts_with("notices")).expect("the notices");
        let preset = "ru-230fz".to_owned();
        assert_eq!(edited(line, ""), [Looser::Notice { preset, notice: Notice::Name }]);
    }

    #[test]
    fn a_day_off_that_was_taken_out_of_a_calendar_is_seen_and_a_later_year_without_days_off_too() {
        let found = edited("2026-05-11", "2026-05-12");
        assert!(matches!(&found[..], [Looser::Calendar { days: LostDays::Off(_), .. }]), "{found:?}");
        let line = RU.lines().find(|line| line.starts_with("horizon")).expect("a horizon");
        let later = |end: &str| edited(line, &format!("horizon = \"{end}\""));
        let no_days = Looser::Calendar { calendar: "RU".to_owned(), days: LostDays::Year(2027) };
        assert_eq!(later("2027-01-31"), std::slice::from_ref(&no_days));
        assert_eq!(later("2999-12-31"), [no_days]);
        let with_days = |end: &str| {
            let text = RU.replacen(line, &format!("horizon = \"{end}\""), 1);
            let text = text.replacen("\"2026-05-11\"", "\"2026-05-11\", \"2027-01-01\"", 1);
            assert!(text.contains("2027-01-01"));
            let mut presets = Presets::default();
            presets.add(CORE).expect("sound");
            presets.add(&text).expect("sound");
            looser_than_shipped(&presets)
        };
        assert_eq!(with_days("2027-12-31"), []);
        let next = Looser::Calendar { calendar: "RU".to_owned(), days: LostDays::Year(2028) };
        assert_eq!(with_days("2028-12-31"), [next]);
        assert_eq!(edited(line, "horizon = \"2020-12-31\""), []);
        let endless = Looser::Calendar { calendar: "RU".to_owned(), days: LostDays::Horizon };
        assert_eq!(edited(line, ""), [endless]);
    }

    #[test]
    fn lenient_readings_and_presets_on_no_law_are_warned_of() {
        let mut presets = Presets::shipped();
        presets.add("[preset.house]\nextends = [\"core\"]\n").expect("sound");
        let caution = |name: &str| caution(&presets.flatten(name).expect("there"));
        for name in ["ru-230fz", "ru-230fz-safe", "us-regf+us-ma", "uk-conc-ofcom", "kz-mfi", "gr-3758"] {
            assert_eq!(caution(name), None, "{name}");
        }
        for name in ["ru-230fz-lenient", "ru-230fz-literal-days", "ru-230fz-per-creditor"] {
            assert_eq!(caution(name), Some(Caution::Lenient), "{name}");
        }
        for name in ["house", "core", "us-ma"] {
            assert_eq!(caution(name), Some(Caution::Own), "{name}");
        }
    }
}
