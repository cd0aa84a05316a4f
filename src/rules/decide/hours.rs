//! Rules of the clock on the wall: opening hours, the guard before closing, and what the person ruled out.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

use super::Case;
use super::clock_face::{Face, first_good};
use crate::rules::LocalRange;
use crate::rules::calendar::HOLIDAY;
use crate::rules::preset::{DayHours, Hours};

const DAY_MINUTES: u16 = 24 * 60;

impl Case<'_> {
    /// When all zones are within the hours.
    pub(super) fn within_hours(&self, hours: &Hours, at: Timestamp) -> Option<Timestamp> {
        self.first_good(at, |shown| match self.day_hours(hours, shown.date()) {
            Some(day) if shown < minute_of(shown.date(), day.opens) => {
                Face::LookAgain(minute_of(shown.date(), day.opens))
            }
            Some(day) if shown < minute_of(shown.date(), day.closes) => Face::Good,
            _ => Face::LookAgain(tomorrow(shown.date())),
        })
    }

    /// When no zone is open with less than `minutes` to go. Outside the hours there is nothing to guard.
    pub(super) fn before_closing(&self, minutes: u16, at: Timestamp) -> Option<Timestamp> {
        self.first_good(at, |shown| {
            let endings = self.windows().filter_map(|hours| self.closing_soon(hours, minutes, shown));
            endings.max().map_or(Face::Good, Face::LookAgain)
        })
    }

    /// The closing, when a window is open and closes in less than `minutes`.
    fn closing_soon(&self, hours: &Hours, minutes: u16, shown: DateTime) -> Option<DateTime> {
        let date = shown.date();
        let day = self.day_hours(hours, date)?;
        let closes = minute_of(date, day.closes);
        let last_start = minute_of(date, day.closes.saturating_sub(minutes));
        let soon = shown >= minute_of(date, day.opens) && shown > last_start && shown < closes;
        let open_over_midnight = day.closes == DAY_MINUTES
            && date
                .tomorrow()
                .is_ok_and(|next| self.day_hours(hours, next).is_some_and(|day| day.opens == 0));
        (soon && !open_over_midnight).then_some(closes)
    }

    /// When all zones are outside the ranges the person ruled out.
    pub(super) fn outside_blocked(&self, at: Timestamp) -> Option<Timestamp> {
        self.first_good(at, |shown| {
            let endings = self.facts.blocked.iter().filter_map(|range| end_of(*range, shown));
            endings.max().map_or(Face::Good, Face::LookAgain)
        })
    }

    fn first_good(&self, at: Timestamp, judge: impl Fn(DateTime) -> Face) -> Option<Timestamp> {
        first_good(self.zones().iter().map(|zone| zone.tz()), at, self.search_end, judge)
    }

    /// The hours of `date`. Without its calendar every day is a holiday.
    fn day_hours(&self, hours: &Hours, date: Date) -> Option<DayHours> {
        let column = match &hours.calendar {
            None => usize::try_from(date.weekday().to_monday_zero_offset()).expect("0 to 6"),
            Some(name) => self
                .calendars
                .0
                .get(name)
                .map_or(HOLIDAY, |calendar| calendar.column(date, hours.literal_weekends)),
        };
        hours.week[column]
    }
}

/// The end of a blocked range that the clock is in.
fn end_of(range: LocalRange, shown: DateTime) -> Option<DateTime> {
    let to = range.to.unwrap_or(Time::midnight());
    let over_midnight = to <= range.from;
    let (time, date) = (shown.time(), shown.date());
    match (time >= range.from, time < to) {
        (true, true) if !over_midnight => Some(date.to_datetime(to)),
        (false, true) if over_midnight => Some(date.to_datetime(to)),
        (true, _) if over_midnight => Some(tomorrow(date).date().to_datetime(to)),
        _ => None,
    }
}

/// The minute of a date, up to 1440, which is the next midnight.
fn minute_of(date: Date, minute: u16) -> DateTime {
    if minute >= DAY_MINUTES {
        return tomorrow(date);
    }
    let (hour, minute) = (minute / 60, minute % 60);
    date.at(i8::try_from(hour).expect("below 24"), i8::try_from(minute).expect("below 60"), 0, 0)
}

fn tomorrow(date: Date) -> DateTime {
    date.tomorrow().unwrap_or(Date::MAX).to_datetime(Time::midnight())
}
