//! How long there is to answer: working days of a calendar, by kind.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Kind;
use crate::domain::Channel;
use crate::rules::Calendar;

/// Working days by kind, whose working days, and whose midnight.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    days: [(Kind, u16); 5],
    /// Those that the creditor has, by kinds of dispute.
    creditor_days: [(Kind, u16); 2],
    pub calendar: Calendar,
    pub zone: TimeZone,
    /// By which channel whoever complained or disputes is told the answer; `None`: by none that we know of.
    pub answer_by: Option<Channel>,
}

/// How a case that is not closed stands to its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    Overdue,
    /// Less than two days are left.
    Soon,
    InTime,
}

impl Standing {
    pub fn code(self) -> &'static str {
        match self {
            Self::InTime => "in_time",
            Self::Overdue => "overdue",
            Self::Soon => "soon",
        }
    }

    /// The standing at `now` of what is due at `due`; at that moment it is over.
    pub fn of(due: Timestamp, now: Timestamp) -> Self {
        let left = due.duration_since(now);
        if left <= SignedDuration::ZERO {
            Self::Overdue
        } else if left < SignedDuration::from_hours(48) {
            Self::Soon
        } else {
            Self::InTime
        }
    }
}

impl Terms {
    /// The usual days, by this calendar.
    pub fn new(calendar: Calendar, zone: TimeZone) -> Self {
        let asked =
            [Kind::Dispute, Kind::WrittenDispute].map(|kind| (kind, kind.creditor_days().unwrap_or(0)));
        Self {
            days: Kind::ALL.map(|kind| (kind, kind.days())),
            creditor_days: asked,
            calendar,
            zone,
            answer_by: None,
        }
    }

    /// The same with other days for a kind.
    #[must_use]
    pub fn with(mut self, kind: Kind, days: u16) -> Self {
        for (of, is) in &mut self.days {
            if *of == kind {
                *is = days;
            }
        }
        self
    }

    /// The same with other days for the creditor's answer to a kind of dispute.
    #[must_use]
    pub fn with_creditor(mut self, kind: Kind, days: u16) -> Self {
        for (of, is) in &mut self.creditor_days {
            if *of == kind {
                *is = days;
            }
        }
        self
    }

    /// By when the creditor is to answer what he was asked at `asked`; `None`: this kind is no question to him.
    pub fn creditor_due(&self, kind: Kind, asked: Timestamp) -> Option<Timestamp> {
        let (_, days) = self.creditor_days.iter().find(|(of, _)| *of == kind)?;
        Some(self.end_of(*days, asked))
    }

    pub fn days(&self, kind: Kind) -> u16 {
        self.days.iter().find(|(of, _)| *of == kind).map_or_else(|| kind.days(), |(_, days)| *days)
    }

    /// The end of the last working day there is: the day it was received does not count, and the last one does to its
    /// midnight. A time that no calendar has is due at once.
    pub fn due(&self, kind: Kind, received: Timestamp) -> Timestamp {
        self.end_of(self.days(kind), received)
    }

    fn end_of(&self, days: u16, received: Timestamp) -> Timestamp {
        let mut day = received.to_zoned_datetime(self.zone.clone()).date();
        let mut left = days;
        while left > 0 {
            let Ok(next) = day.tomorrow() else { return received };
            day = next;
            left -= u16::from(self.is_working(day));
        }
        let end = day.tomorrow().and_then(|day| day.to_zoned_datetime(self.zone.clone()));
        end.map_or(received, |end| end.timestamp())
    }

    /// Beyond the calendar's horizon every weekday counts: in doubt the deadline is the earlier one. A calling window takes
    /// such a day for a holiday, and that is the stricter reading there.
    fn is_working(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let calendar = &self.calendar;
        if weekend { calendar.working_weekends.contains(&day) } else { !calendar.off.contains(&day) }
    }
}

/// The usual days by weeks without holidays, and Moscow's midnight: earlier than any calendar would say.
impl Default for Terms {
    fn default() -> Self {
        let moscow = TimeZone::get("Europe/Moscow").unwrap_or(TimeZone::UTC);
        Self::new(Calendar::default(), moscow)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::rules::Presets;

    fn russian() -> Terms {
        let calendar = Presets::shipped().calendars().0["RU"].clone();
        Terms { calendar, ..Terms::default() }
    }

    fn due(terms: &Terms, days: u16, received: &str) -> String {
        let terms = terms.clone().with(Kind::Ordinary, days);
        let due = terms.due(Kind::Ordinary, received.parse().expect("a moment"));
        due.to_zoned_datetime(terms.zone).strftime("%F %H:%M").to_string()
    }

    #[test]
    fn the_day_it_came_does_not_count_and_the_last_one_does_to_its_end() {
        let russian = russian();
        // A Tuesday.
        assert_eq!(due(&russian, 1, "2026-03-03T09:00:00Z"), "2026-03-05 00:00");
        assert_eq!(due(&russian, 0, "2026-03-03T09:00:00Z"), "2026-03-04 00:00");
        // 23:30 UTC is the next day in Moscow.
        assert_eq!(due(&russian, 1, "2026-03-03T23:30:00Z"), "2026-03-06 00:00");
    }

    #[test]
    fn holidays_and_weekends_are_no_working_days() {
        let russian = russian();
        // Thursday 30 April: 1 May is a holiday, then a weekend.
        assert_eq!(due(&russian, 1, "2026-04-30T09:00:00Z"), "2026-05-05 00:00");
        // Over the January holidays: 2026-01-01 to 11 are days off.
        let long = due(&russian, 1, "2025-12-31T09:00:00Z");
        assert!(long.as_str() >= "2026-01-10", "{long}");
        assert!(russian.is_working(date(2026, 3, 3)) && !russian.is_working(date(2026, 3, 8)));
    }

    #[test]
    fn beyond_the_horizon_every_weekday_counts() {
        let russian = russian();
        let horizon = russian.calendar.horizon.expect("a horizon");
        let after = horizon.checked_add(jiff::Span::new().days(30)).expect("a date");
        assert_eq!(
            russian.is_working(after),
            !matches!(after.weekday(), Weekday::Saturday | Weekday::Sunday)
        );
    }

    #[test]
    fn what_is_due_is_overdue_at_that_very_moment() {
        let due: Timestamp = "2026-03-05T00:00:00Z".parse().expect("a moment");
        let second = SignedDuration::from_secs(1);
        assert_eq!(Standing::of(due, due), Standing::Overdue);
        assert_eq!(Standing::of(due, due - second), Standing::Soon);
        assert_eq!(Standing::of(due, due - SignedDuration::from_hours(48)), Standing::InTime);
    }

    proptest! {
        /// Checked day by day against the plainest reading.
        #[test]
        fn there_are_as_many_working_days_as_promised(start in 0_i32..3650, days in 0_u16..60) {
            let terms = russian().with(Kind::Regulator, days);
            let first = date(2020, 1, 1).checked_add(jiff::Span::new().days(start)).expect("a date");
            let received = first.at(15, 0, 0, 0).to_zoned_datetime(terms.zone.clone()).expect("a moment").timestamp();
            let due = terms.due(Kind::Regulator, received).to_zoned_datetime(terms.zone.clone());
            prop_assert_eq!(due.time(), jiff::civil::Time::midnight());
            let mut counted = 0;
            let mut day = first.tomorrow().expect("a date");
            while day < due.date() {
                counted += u16::from(terms.is_working(day));
                day = day.tomorrow().expect("a date");
            }
            prop_assert_eq!(counted, days);
            let last = due.date().yesterday().expect("a date");
            prop_assert!(days == 0 || terms.is_working(last), "it ends on a working day");
        }
    }
}
