//! When a campaign dials: its own calendar on the debtor's clocks. The rules' window is asked as well.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, ZonedDateTime};

use super::plan::{Calendar, Hours};

/// What the campaign's calendar says of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hour {
    Open,
    /// Not before this moment.
    OpensAt(Timestamp),
    /// Never again.
    Over,
}

/// How many days ahead an opening is looked for.
const HORIZON_DAYS: i32 = 60;

/// Whether the campaign dials at `now` somebody who may be in any of `zones`: it must be open in all of them.
pub fn hour(calendar: &Calendar, zones: &[TimeZone], now: Timestamp) -> Hour {
    let mut at = calendar.not_before.map_or(now, |first| first.max(now));
    // Every round moves to an opening of some zone, so it ends: at a common opening or past the horizon.
    loop {
        if calendar.not_after.is_some_and(|last| at >= last) {
            return Hour::Over;
        }
        let openings = zones.iter().map(|zone| opening(calendar, &at.to_zoned_datetime(zone.clone())));
        let Some(latest) = openings.collect::<Option<Vec<_>>>().map(|all| all.into_iter().max()) else {
            return Hour::Over;
        };
        match latest {
            Some(opens) if opens > at => at = opens,
            Some(_) | None => break,
        }
        if at.duration_since(now).as_hours() > i64::from(HORIZON_DAYS) * 24 {
            return Hour::Over;
        }
    }
    if at == now { Hour::Open } else { Hour::OpensAt(at) }
}

/// The same with a wish: within `part` of the day, where the calendar is ever open in it. A wish keeps nobody from being
/// called at all.
pub fn hour_within(calendar: &Calendar, part: Hours, zones: &[TimeZone], now: Timestamp) -> Hour {
    match hour(&calendar.within(part), zones, now) {
        Hour::Over => hour(calendar, zones, now),
        best => best,
    }
}

/// The first open moment at or after `local`.
fn opening(calendar: &Calendar, local: &ZonedDateTime) -> Option<Timestamp> {
    for days in 0..HORIZON_DAYS {
        let date = local.date().checked_add(days.days()).ok()?;
        let Some(hours) = calendar.hours_on(date) else { continue };
        if days == 0 && hours.contains(local.time()) {
            return Some(local.timestamp());
        }
        if days == 0 && local.time() >= hours.closes {
            continue;
        }
        return Some(
            date.to_datetime(hours.opens).to_zoned_datetime(local.time_zone().clone()).ok()?.timestamp(),
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    fn calendar() -> Calendar {
        let day = Some(Hours { opens: time(9, 0, 0, 0), closes: time(18, 0, 0, 0) });
        Calendar {
            hours: [day, day, day, day, day, None, None],
            off: Vec::new(),
            not_before: None,
            not_after: None,
        }
    }

    fn zones(names: &[&str]) -> Vec<TimeZone> {
        let bundled = jiff::tz::TimeZoneDatabase::bundled();
        names.iter().map(|name| bundled.get(name).expect("a zone")).collect()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn it_opens_on_the_debtors_clock() {
        let moscow = zones(&["Europe/Moscow"]);
        assert_eq!(
            hour(&calendar(), &moscow, at("2026-03-03T05:59:59Z")),
            Hour::OpensAt(at("2026-03-03T06:00:00Z"))
        );
        assert_eq!(hour(&calendar(), &moscow, at("2026-03-03T06:00:00Z")), Hour::Open);
        assert_eq!(
            hour(&calendar(), &moscow, at("2026-03-06T15:00:00Z")),
            Hour::OpensAt(at("2026-03-09T06:00:00Z"))
        );
    }

    #[test]
    fn it_must_be_open_in_every_zone_the_debtor_may_be_in() {
        let both = zones(&["Europe/Moscow", "Asia/Vladivostok"]);
        // 09:00 in Moscow is 16:00 in Vladivostok, which closes at 18:00, 08:00Z.
        assert_eq!(hour(&calendar(), &both, at("2026-03-03T07:00:00Z")), Hour::Open);
        assert_eq!(
            hour(&calendar(), &both, at("2026-03-03T08:00:00Z")),
            Hour::OpensAt(at("2026-03-04T06:00:00Z"))
        );
    }

    #[test]
    fn zones_that_are_never_open_together_end_it() {
        let apart = zones(&["Pacific/Kiritimati", "Pacific/Pago_Pago"]);
        let mut narrow = calendar();
        narrow.hours = [Some(Hours { opens: time(9, 0, 0, 0), closes: time(10, 0, 0, 0) }); 7];
        narrow.hours[0] = None;
        let open = hour(&narrow, &apart, at("2026-03-03T08:00:00Z"));
        assert!(matches!(open, Hour::OpensAt(_) | Hour::Over));
    }

    #[test]
    fn a_wished_part_of_the_day_is_waited_for_unless_it_never_comes() {
        let moscow = zones(&["Europe/Moscow"]);
        let part = |opens, closes| Hours { opens: time(opens, 0, 0, 0), closes: time(closes, 0, 0, 0) };
        let noon = at("2026-03-03T09:00:00Z");
        let evening = hour_within(&calendar(), part(16, 22), &moscow, noon);
        assert_eq!(evening, Hour::OpensAt(at("2026-03-03T13:00:00Z")));
        assert_eq!(hour_within(&calendar(), part(12, 18), &moscow, noon), Hour::Open);
        assert_eq!(hour_within(&calendar(), part(18, 22), &moscow, noon), Hour::Open, "it closes at 18");
        let last = Calendar { not_after: Some(at("2026-03-03T12:00:00Z")), ..calendar() };
        assert_eq!(hour_within(&last, part(16, 22), &moscow, noon), Hour::Open, "it would be over by then");
    }

    #[test]
    fn after_the_last_moment_it_is_over() {
        let mut calendar = calendar();
        calendar.not_after = Some(at("2026-03-03T10:00:00Z"));
        let moscow = zones(&["Europe/Moscow"]);
        assert_eq!(hour(&calendar, &moscow, at("2026-03-03T09:59:59Z")), Hour::Open);
        assert_eq!(hour(&calendar, &moscow, at("2026-03-03T10:00:00Z")), Hour::Over);
    }
}
