//! When a call that the debtor asked for is due.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::hours::{Hour, hour};
use super::plan::Calendar;
use crate::ivr::CallAgain;

/// A call that was agreed: not before `due`, and no longer it from `expires` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    pub due: Timestamp,
    pub expires: Timestamp,
}

/// A quarter of an hour lies between two calls at least, when "as soon as it may be" was agreed.
const SOON: SignedDuration = SignedDuration::from_mins(15);
/// «At six» is over at seven.
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// How many days ahead an hour at which the campaign is open is looked for.
const DAYS: i64 = 14;

/// When the call that `again` asks for is due: at an hour on the debtor's first clock, on the first day the campaign is open
/// then; or as soon as the campaign is open. `None` when it is not within two weeks.
pub fn agreed(again: CallAgain, calendar: &Calendar, zones: &[TimeZone], now: Timestamp) -> Option<Agreed> {
    match again {
        CallAgain::AtHour(asked) => {
            let here = now.to_zoned_datetime(zones.first()?.clone());
            let on_day = |days: i64| {
                let date = here.date().checked_add(days.days()).ok()?;
                let time = Time::new(i8::try_from(asked).ok()?, 0, 0, 0).ok()?;
                Some(date.to_datetime(time).to_zoned_datetime(here.time_zone().clone()).ok()?.timestamp())
            };
            let open = |due: &Timestamp| *due > now && hour(calendar, zones, *due) == Hour::Open;
            let due = (0..DAYS).filter_map(on_day).find(open)?;
            Some(Agreed { due, expires: due.checked_add(HOUR).ok()? })
        }
        CallAgain::NextWindow => {
            let soon = now.checked_add(SOON).ok()?;
            let due = match hour(calendar, zones, soon) {
                Hour::Open => soon,
                Hour::OpensAt(opens) => opens,
                Hour::Over => return None,
            };
            Some(Agreed { due, expires: due.checked_add(DAY).ok()? })
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;
    use crate::campaign::plan::Hours;

    /// Monday to Friday from 9 to 19, in Moscow; 3 March 2026 is a Tuesday.
    fn due(again: CallAgain, now: &str) -> Option<String> {
        let day = Some(Hours { opens: time(9, 0, 0, 0), closes: time(19, 0, 0, 0) });
        let hours = [day, day, day, day, day, None, None];
        let calendar = Calendar { hours, off: Vec::new(), not_before: None, not_after: None };
        let moscow = jiff::tz::TimeZoneDatabase::bundled().get("Europe/Moscow").expect("a zone");
        let now = now.parse().expect("a timestamp");
        agreed(again, &calendar, &[moscow], now).map(|agreed| agreed.due.to_string())
    }

    #[test]
    fn at_six_is_today_where_it_is_not_six_yet_and_the_next_open_day_otherwise() {
        let six = |now| due(CallAgain::AtHour(18), now);
        assert_eq!(six("2026-03-03T10:00:00Z").as_deref(), Some("2026-03-03T15:00:00Z"));
        assert_eq!(six("2026-03-03T15:00:00Z").as_deref(), Some("2026-03-04T15:00:00Z"));
        assert_eq!(six("2026-03-06T15:30:00Z").as_deref(), Some("2026-03-09T15:00:00Z"), "over the weekend");
        assert_eq!(due(CallAgain::AtHour(22), "2026-03-03T10:00:00Z"), None, "never open at ten");
        assert_eq!(due(CallAgain::AtHour(99), "2026-03-03T10:00:00Z"), None);
    }

    #[test]
    fn as_soon_as_may_be_is_in_a_while_or_when_the_campaign_opens() {
        let soon = |now| due(CallAgain::NextWindow, now);
        assert_eq!(soon("2026-03-03T10:00:00Z").as_deref(), Some("2026-03-03T10:15:00Z"));
        assert_eq!(soon("2026-03-03T15:50:00Z").as_deref(), Some("2026-03-04T06:00:00Z"));
    }
}
