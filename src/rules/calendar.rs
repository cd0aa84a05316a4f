//! Production calendars: which dates are days off, and until when that is known.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

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
        let left = (self.horizon? - today).get_days();
        (left <= ALARM_DAYS).then_some(left)
    }
}

/// The column of an ordinary day.
pub fn column_of(weekday: Weekday) -> Column {
    usize::try_from(weekday.to_monday_zero_offset()).expect("0 to 6")
}
