//! Production calendars: which dates are days off, and until when that is known.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use super::preset::{Preset, RuleKind};

/// A country's calendar. Saturdays and Sundays are days off without being listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// The last date it knows; later ones get the hours of holidays. Absent: no holidays are known at all, and
    /// weekdays look open.
    pub horizon: Option<Date>,
    /// Days off among the weekdays.
    #[serde(default)]
    pub off: BTreeSet<Date>,
    /// Saturdays and Sundays made working days by a transfer.
    #[serde(default)]
    pub working_weekends: BTreeSet<Date>,
}

/// Calendars by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Calendars(pub BTreeMap<String, Calendar>);

impl Calendars {
    /// The calendars that a preset's hours go by.
    pub fn of<'a>(&'a self, preset: &'a Preset) -> BTreeMap<&'a str, &'a Calendar> {
        let named = preset.rules.iter().filter_map(|rule| match &rule.kind {
            RuleKind::Window { hours } => hours.calendar.as_deref(),
            _ => None,
        });
        named.filter_map(|name| Some((name, self.0.get(name)?))).collect()
    }

    /// The days left to the horizon of each calendar that `presets` go by; negative after it.
    pub fn days_left<'p>(
        &'p self,
        presets: impl Iterator<Item = &'p Preset>,
        today: Date,
    ) -> BTreeMap<&'p str, i32> {
        let named = presets.flat_map(|preset| self.of(preset));
        named.filter_map(|(name, calendar)| Some((name, calendar.days_left(today)?))).collect()
    }
}

/// Which column of a preset's hours a date has: Monday is 0, Sunday 6, a holiday 7.
pub type Column = usize;

/// The column of holidays.
pub const HOLIDAY: Column = 7;

/// Days before the horizon at which people are told to load the next calendar.
pub const ALARM_DAYS: i32 = 60;

impl Calendar {
    /// The column of `date`; a working weekend takes Monday's where `literal_weekends`, its own else.
    pub fn column(&self, date: Date, literal_weekends: bool) -> Column {
        let past_horizon = self.horizon.is_some_and(|horizon| date > horizon);
        if past_horizon || self.off.contains(&date) {
            return HOLIDAY;
        }
        if literal_weekends && self.working_weekends.contains(&date) {
            return column_of(Weekday::Monday);
        }
        column_of(date.weekday())
    }

    /// Days left until the horizon on `today`, once that is near enough to be told; negative after it.
    pub fn alarm(&self, today: Date) -> Option<i32> {
        self.days_left(today).filter(|&left| left <= ALARM_DAYS)
    }

    /// Days left until the horizon; negative after it.
    pub fn days_left(&self, today: Date) -> Option<i32> {
        Some((self.horizon? - today).get_days())
    }
}

/// The column of an ordinary day.
pub fn column_of(weekday: Weekday) -> Column {
    usize::try_from(weekday.to_monday_zero_offset()).expect("0 to 6")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::rules::Presets;

    #[test]
    fn the_alarm_sounds_sixty_days_before_the_horizon_and_after_it() {
        let presets = Presets::shipped();
        let russian = &presets.calendars().0["RU"];
        assert_eq!(russian.alarm(date(2026, 11, 1)), Some(60));
        assert_eq!(russian.alarm(date(2026, 10, 31)), None);
        assert_eq!(russian.alarm(date(2027, 1, 2)), Some(-2));
        assert_eq!(russian.days_left(date(2026, 10, 31)), Some(61));
    }

    #[test]
    fn calendars_in_use_are_those_of_the_windows() {
        let shipped = Presets::shipped();
        let presets: Vec<_> = ["ru-230fz-safe", "uk-conc-ofcom"]
            .iter()
            .map(|name| shipped.flatten(name).expect("shipped"))
            .collect();
        let left = shipped.calendars().days_left(presets.iter(), date(2026, 11, 26));
        assert_eq!(left.into_iter().collect::<Vec<_>>(), [("RU", 35)]);
    }
}
