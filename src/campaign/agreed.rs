//! When a call that the debtor asked for is due.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::ivr::CallAgain;

/// A call that was agreed: not before `due`, and no longer it from `expires` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    pub due: Timestamp,
    pub expires: Timestamp,
    /// He may not be called at the time he asked for: `due` is another one.
    pub moved: bool,
}

/// A quarter of an hour lies between two calls at least, when "as soon as it may be" was agreed.
const SOON: SignedDuration = SignedDuration::from_mins(15);
/// «At six» is over at seven.
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// How many days ahead a call may be agreed.
const DAYS: i64 = 14;

/// When the call that `again` asks for is due. `lawful` is the earliest moment from another on at which the rules and the
/// campaign allow the call, if nothing else happens.
///
/// «At six» is six on the debtor's first clock, on the first day on which that may be; where it may be on none, the earliest
/// moment that may be from the first six on. "As soon as it may be" is that from a while on. `None` when there is none
/// within two weeks.
pub fn agreed(
    again: CallAgain,
    zones: &[TimeZone],
    now: Timestamp,
    lawful: impl Fn(Timestamp) -> Option<Timestamp>,
) -> Option<Agreed> {
    let last = now.checked_add(SignedDuration::from_hours(24 * DAYS)).ok()?;
    let (due, moved, lasts) = match again {
        CallAgain::AtHour(asked) => {
            let here = now.to_zoned_datetime(zones.first()?.clone());
            let on_day = |days: i64| {
                let date = here.date().checked_add(days.days()).ok()?;
                let time = Time::new(i8::try_from(asked).ok()?, 0, 0, 0).ok()?;
                Some(date.to_datetime(time).to_zoned_datetime(here.time_zone().clone()).ok()?.timestamp())
            };
            let mut wishes = (0..DAYS).filter_map(on_day).filter(|wish| *wish > now).peekable();
            let first = *wishes.peek()?;
            let due = wishes.find(|wish| lawful(*wish) == Some(*wish)).or_else(|| lawful(first))?;
            (due, due != first, HOUR)
        }
        CallAgain::NextWindow => (lawful(now.checked_add(SOON).ok()?)?, false, DAY),
    };
    (due <= last).then_some(Agreed { due, expires: due.checked_add(lasts).ok()?, moved })
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;
    use crate::campaign::hours::{Hour, hour};
    use crate::campaign::plan::{Calendar, Hours};

    fn moscow() -> TimeZone {
        jiff::tz::TimeZoneDatabase::bundled().get("Europe/Moscow").expect("a zone")
    }

    /// Monday to Friday from 9 to 19, in Moscow; 3 March 2026 is a Tuesday.
    fn open_from(at: Timestamp) -> Option<Timestamp> {
        let day = Some(Hours { opens: time(9, 0, 0, 0), closes: time(19, 0, 0, 0) });
        let hours = [day, day, day, day, day, None, None];
        let calendar = Calendar { hours, off: Vec::new(), not_before: None, not_after: None };
        match hour(&calendar, &[moscow()], at) {
            Hour::Open => Some(at),
            Hour::OpensAt(opens) => Some(opens),
            Hour::Over => None,
        }
    }

    fn told(agreed: Option<Agreed>) -> Option<(String, bool)> {
        agreed.map(|agreed| (agreed.due.to_string(), agreed.moved))
    }

    fn due(again: CallAgain, now: &str) -> Option<(String, bool)> {
        told(agreed(again, &[moscow()], now.parse().expect("a timestamp"), open_from))
    }

    fn at(due: &str, moved: bool) -> Option<(String, bool)> {
        Some((due.to_owned(), moved))
    }

    #[test]
    fn at_six_is_today_where_it_is_not_six_yet_and_the_next_open_day_otherwise() {
        let six = |now| due(CallAgain::AtHour(18), now);
        assert_eq!(six("2026-03-03T10:00:00Z"), at("2026-03-03T15:00:00Z", false));
        assert_eq!(six("2026-03-03T15:00:00Z"), at("2026-03-04T15:00:00Z", false));
        assert_eq!(six("2026-03-06T15:30:00Z"), at("2026-03-09T15:00:00Z", true), "over the weekend");
        assert_eq!(due(CallAgain::AtHour(99), "2026-03-03T10:00:00Z"), None);
    }

    #[test]
    fn an_hour_at_which_nobody_may_be_called_is_moved_to_the_next_moment_that_may_be() {
        let ten = due(CallAgain::AtHour(22), "2026-03-03T10:00:00Z");
        assert_eq!(ten, at("2026-03-04T06:00:00Z", true), "never open at ten in the evening");
    }

    #[test]
    fn a_day_that_the_rules_keep_free_of_calls_is_passed_over() {
        let now = "2026-03-03T10:00:00Z".parse().expect("a timestamp");
        // The next call is lawful from Thursday noon on.
        let free: Timestamp = "2026-03-05T09:00:00Z".parse().expect("a timestamp");
        let lawful = |at: Timestamp| open_from(at.max(free));
        let six = agreed(CallAgain::AtHour(18), &[moscow()], now, lawful);
        assert_eq!(told(six), at("2026-03-05T15:00:00Z", true));
        let soon = agreed(CallAgain::NextWindow, &[moscow()], now, lawful);
        assert_eq!(told(soon), at("2026-03-05T09:00:00Z", false));
        let never = |_| None;
        assert_eq!(agreed(CallAgain::AtHour(18), &[moscow()], now, never), None);
        let far = |at: Timestamp| at.checked_add(SignedDuration::from_hours(24 * 30)).ok();
        assert_eq!(agreed(CallAgain::NextWindow, &[moscow()], now, far), None, "beyond two weeks");
    }

    #[test]
    fn as_soon_as_may_be_is_in_a_while_or_when_the_campaign_opens() {
        let soon = |now| due(CallAgain::NextWindow, now);
        assert_eq!(soon("2026-03-03T10:00:00Z"), at("2026-03-03T10:15:00Z", false));
        assert_eq!(soon("2026-03-03T15:50:00Z"), at("2026-03-04T06:00:00Z", false));
    }
}
