//! When a call could be made at the earliest: the rules and the campaign's own calendar, asked in turn.

use jiff::Timestamp;

use super::hours::{Hour, hour};
use super::plan::Calendar;
use crate::rules::{Calendars, Facts, History, Preset, decide};

/// Each round moves to an opening of the one or the other; two that do not meet within so many never will.
const ROUNDS: usize = 100;

/// The least moment from `now` on at which both allow the call if nothing else happens; absent: never without a human
/// act, or not before the campaign ends.
pub fn earliest(
    calendar: &Calendar,
    (preset, calendars): (&Preset, &Calendars),
    facts: &Facts,
    history: &History,
    now: Timestamp,
) -> Option<Timestamp> {
    let clocks: Vec<_> = facts.zones.zones().iter().map(|zone| zone.tz().clone()).collect();
    let mut at = now;
    for _ in 0..ROUNDS {
        at = decide(preset, calendars, facts, history, at).next_allowed?;
        match hour(calendar, &clocks, at) {
            Hour::Open => return Some(at),
            Hour::OpensAt(opens) => at = opens,
            Hour::Over => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;
    use crate::campaign::{Callee, Hours, agreed, ask};
    use crate::domain::{AttemptId, DebtId, EventId, PersonId, PhoneNumber};
    use crate::ivr::CallAgain;
    use crate::rules::{DialMode, Event, EventKind, PhoneType, Presets, Relation, ZoneSet};

    fn muscovite() -> Facts {
        let callee = Callee {
            person: PersonId(1),
            debt: DebtId(1),
            creditor: "c1",
            phone: &PhoneNumber::parse("+79991234567").expect("E.164"),
            phone_type: PhoneType::Mobile,
            relation: Relation::Debtor,
            zones: &ZoneSet::resolve(["Europe/Moscow"], "test"),
        };
        ask(callee, DialMode::Prerecorded, &[])
    }

    #[test]
    fn a_call_agreed_in_a_talk_comes_when_that_very_talk_allows_it() {
        let presets = Presets::shipped();
        let preset = presets.flatten("ru-230fz-safe").expect("shipped");
        let day = Some(Hours { opens: time(9, 0, 0, 0), closes: time(21, 0, 0, 0) });
        let calendar = Calendar { hours: [day; 7], off: Vec::new(), not_before: None, not_after: None };
        let facts = muscovite();
        // Tuesday noon in Moscow; the ledger has no more of the call than that it goes on.
        let now: Timestamp = "2026-03-03T09:05:00Z".parse().expect("a time");
        let reserved = Event {
            attempt: Some(AttemptId(7)),
            ..Event::new(
                EventId(1),
                "2026-03-03T09:00:00Z".parse().expect("a time"),
                EventKind::InFlight,
                PersonId(1),
            )
        };
        let history = History::new(vec![reserved.clone()], Vec::new(), Vec::new());
        let over = history.clone().once_over(reserved, &[EventKind::Conversation]);
        let booked = |again: CallAgain, history: &History| {
            let lawful = |at| earliest(&calendar, (&preset, presets.calendars()), &facts, history, at);
            let moscow = jiff::tz::TimeZoneDatabase::bundled().get("Europe/Moscow").expect("a zone");
            agreed(again, &[moscow], now, lawful).map(|agreed| (agreed.due.to_string(), agreed.moved))
        };
        // Today, which the gate would refuse: he was talked to today.
        assert_eq!(booked(CallAgain::AtHour(18), &history), Some(("2026-03-03T15:00:00Z".to_owned(), false)));
        // Once in 24 hours, twice a week: tomorrow at six.
        assert_eq!(booked(CallAgain::AtHour(18), &over), Some(("2026-03-04T15:00:00Z".to_owned(), true)));
        assert_eq!(booked(CallAgain::NextWindow, &over), Some(("2026-03-04T09:00:00Z".to_owned(), false)));
    }

    #[test]
    fn rules_and_calendar_meet() {
        let presets = Presets::shipped();
        let preset = presets.flatten("ru-230fz").expect("shipped");
        let evening = Some(Hours { opens: time(19, 0, 0, 0), closes: time(21, 0, 0, 0) });
        let calendar = Calendar { hours: [evening; 7], off: Vec::new(), not_before: None, not_after: None };
        let facts = muscovite();
        let at = |now: &str, calendar: &Calendar| {
            let rules = (&preset, presets.calendars());
            earliest(calendar, rules, &facts, &History::default(), now.parse().expect("a time"))
                .map(|at| at.to_string())
        };
        // Tuesday noon: the campaign opens in the evening, within the hours of the law.
        assert_eq!(at("2026-03-03T09:00:00Z", &calendar).as_deref(), Some("2026-03-03T16:00:00Z"));
        // Saturday 20:30: the law closes at 20 on days off, and the campaign opens at 19 on Sunday.
        assert_eq!(at("2026-03-07T17:30:00Z", &calendar).as_deref(), Some("2026-03-08T16:00:00Z"));
        let night = Some(Hours { opens: time(23, 0, 0, 0), closes: time(23, 59, 0, 0) });
        assert_eq!(at("2026-03-03T09:00:00Z", &Calendar { hours: [night; 7], ..calendar }), None);
    }
}
