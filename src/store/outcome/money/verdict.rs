//! What a promise came to: by what was paid, and when it was paid.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// What was paid on a promise's debt, in minor units of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub promised: i64,
    /// Paid from the call in which he promised to the end of the last day.
    pub in_time: i64,
    /// Paid before that call, and told to us after it had begun: he owed less than both thought.
    pub earlier: i64,
    /// The last day and its grace are over everywhere on Earth.
    pub is_over: bool,
}

/// What became of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Broken,
    Kept,
    Open,
    /// Money from before the promise settled what was promised: it was neither kept nor broken.
    Void,
}

impl Verdict {
    /// The code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Kept => "kept",
            Self::Open => "open",
            Self::Void => "void",
        }
    }
}

impl Standing {
    pub fn verdict(&self) -> Verdict {
        if self.in_time >= self.promised {
            Verdict::Kept
        } else if self.in_time.saturating_add(self.earlier) >= self.promised {
            Verdict::Void
        } else if self.is_over {
            Verdict::Broken
        } else {
            Verdict::Open
        }
    }
}

/// The moment at which a day is over everywhere: in the last zone of all, twelve hours behind UTC.
pub(super) fn end_of(day: Date) -> Timestamp {
    let next = day.saturating_add(1.days()).at(12, 0, 0, 0);
    next.to_zoned_datetime(TimeZone::UTC).map_or(Timestamp::MAX, |end| end.timestamp())
}

/// Promises of an earlier day than this are to be judged.
pub(super) fn last_day(now: Timestamp, grace_days: u8) -> Date {
    let there = now.saturating_sub(SignedDuration::from_hours(12)).expect("hours, not months");
    there.to_zoned_datetime(TimeZone::UTC).date().saturating_sub(i64::from(grace_days).days())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Standing = Standing { promised: 100, in_time: 0, earlier: 0, is_over: false };

    #[test]
    fn a_promise_is_judged_by_when_it_was_paid() {
        assert_eq!(ASKED.verdict(), Verdict::Open);
        assert_eq!(Standing { is_over: true, ..ASKED }.verdict(), Verdict::Broken);
        assert_eq!(Standing { in_time: 100, is_over: true, ..ASKED }.verdict(), Verdict::Kept);
        assert_eq!(Standing { in_time: 99, is_over: true, ..ASKED }.verdict(), Verdict::Broken);
        assert_eq!(Standing { earlier: 100, ..ASKED }.verdict(), Verdict::Void);
        assert_eq!(Standing { in_time: 40, earlier: 60, is_over: true, ..ASKED }.verdict(), Verdict::Void);
    }

    #[test]
    fn a_day_is_over_when_it_is_over_everywhere() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a timestamp");
        let tenth = jiff::civil::date(2026, 3, 10);
        assert_eq!(last_day(at("2026-03-11T11:59:59Z"), 0), tenth, "in the last zone it is still the tenth");
        assert_eq!(last_day(at("2026-03-11T12:00:00Z"), 0), tenth.tomorrow().expect("a day"));
        assert_eq!(last_day(at("2026-03-13T12:00:00Z"), 2), tenth.tomorrow().expect("a day"));
        assert_eq!(end_of(tenth), at("2026-03-11T12:00:00Z"));
    }
}
