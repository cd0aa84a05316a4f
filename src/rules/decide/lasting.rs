//! How long an allowed contact stays allowed: a window closes, a hold begins, a consent ends.

use jiff::{SignedDuration, Timestamp, Unit};

use super::{Asked, Case};
use crate::rules::preset::RuleKind;
use crate::rules::{Calendars, Facts, History, Preset};

/// The first time after `now`, at which the contact is allowed, when it is not any more though nothing else happened.
/// Absent: it is allowed until `end`.
pub fn allowed_until(
    preset: &Preset,
    calendars: &Calendars,
    facts: &Facts,
    history: &History,
    (now, end): (Timestamp, Timestamp),
) -> Option<Timestamp> {
    let case = Case::new(preset, calendars, facts, history, now);
    // The guard before closing keeps calls from beginning late; one that has begun may use the minutes it guards.
    let begun = preset.rules.iter().filter(|rule| !matches!(rule.kind, RuleKind::EndGuard { .. }));
    let rules: Vec<Asked<'_>> = begun.map(|rule| case.asked(rule)).collect();
    let allowed = |at| rules.iter().all(|asked| case.find(asked, at).release == Some(at));
    let mut moments: Vec<Timestamp> = case.changes().filter(|&at| now < at && at < end).collect();
    // The hours of a day are one piece, so what is open at the end was open before; what a person rules out need not be.
    let open =
        |at| rules.iter().filter(|r| by_the_clock(r)).all(|asked| case.find(asked, at).release == Some(at));
    if !facts.blocked.is_empty() || !open(end) {
        moments.extend(minutes(now, end));
    }
    moments.sort_unstable();
    moments.into_iter().chain([end]).find(|&at| !allowed(at))
}

fn by_the_clock(asked: &Asked<'_>) -> bool {
    matches!(asked.rule.kind, RuleKind::Window { .. } | RuleKind::Pref)
}

/// The whole minutes after `now` and before `end`: clocks on walls differ by whole minutes.
fn minutes(now: Timestamp, end: Timestamp) -> impl Iterator<Item = Timestamp> {
    let minute = SignedDuration::from_mins(1);
    let round = jiff::TimestampRound::new().smallest(Unit::Minute).mode(jiff::RoundMode::Floor);
    let first = super::later(now.round(round).unwrap_or(now), minute);
    std::iter::successors(Some(first), move |&at| Some(super::later(at, minute)))
        .take_while(move |&at| at < end)
}

impl Case<'_> {
    /// When something that was written down begins or ends.
    fn changes(&self) -> impl Iterator<Item = Timestamp> {
        let holds = self.history.holds().iter().flat_map(|hold| {
            hold.from.into_iter().chain(hold.suspended.iter().filter_map(|&(_, until)| until))
        });
        let consents = self.history.consents().iter().filter_map(|consent| consent.until);
        let limits = self.facts.overrides.iter().flat_map(|limit| limit.from.into_iter().chain(limit.until));
        holds.chain(consents).chain(limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DebtId, PersonId};
    use crate::rules::{
        CliStatus, DialMode, Hold, HoldKind, LocalRange, Phone, PhoneKey, PhoneType, Presets, Relation, Way,
        ZoneSet,
    };

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn facts() -> Facts {
        Facts {
            person: PersonId(1),
            debt: DebtId(1),
            creditor: "c1".to_owned(),
            phone: Phone { number: PhoneKey::new(79_991_234_567), kind: PhoneType::Mobile },
            relation: Relation::Debtor,
            way: Way::call(DialMode::Prerecorded),
            caller_id: CliStatus::Allocated,
            zones: ZoneSet::resolve(["Europe/Moscow", "Europe/Samara"], "test"),
            blocked: Vec::new(),
            tallies: Vec::new(),
            overrides: Vec::new(),
        }
    }

    fn lasts(preset: &str, facts: &Facts, holds: Vec<Hold>, now: &str) -> Option<Timestamp> {
        let presets = Presets::shipped();
        let flat = presets.flatten(preset).expect("shipped");
        let history = History::new(Vec::new(), holds, Vec::new());
        let end = super::super::later(at(now), SignedDuration::from_mins(10));
        allowed_until(&flat, presets.calendars(), facts, &history, (at(now), end))
    }

    #[test]
    fn it_ends_when_the_first_zone_closes() {
        let none = Vec::new;
        assert_eq!(
            lasts("ru-230fz", &facts(), none(), "2026-03-03T17:57:30Z"),
            Some(at("2026-03-03T18:00:00Z"))
        );
        assert_eq!(lasts("ru-230fz", &facts(), none(), "2026-03-03T17:49:00Z"), None);
        assert_eq!(
            lasts("ru-230fz", &facts(), none(), "2026-03-03T17:50:00Z"),
            Some(at("2026-03-03T18:00:00Z"))
        );
    }

    #[test]
    fn a_call_that_began_before_the_guard_uses_its_minutes() {
        assert_eq!(lasts("ru-230fz-safe", &facts(), Vec::new(), "2026-03-03T17:49:50Z"), None);
    }

    #[test]
    fn it_ends_when_a_hold_begins_or_he_does_not_want_to_be_called() {
        let hold = Hold::new(HoldKind::Bankruptcy, PersonId(1), at("2026-03-03T10:03:07Z"));
        let ends = lasts("ru-230fz", &facts(), vec![hold], "2026-03-03T10:00:00Z");
        assert_eq!(ends, Some(at("2026-03-03T10:03:07Z")));
        let time = |text: &str| text.parse().expect("a time");
        let blocked = vec![LocalRange { from: time("13:02"), to: Some(time("13:04")) }];
        let ends = lasts("us-regf", &Facts { blocked, ..facts() }, Vec::new(), "2026-03-03T10:00:00Z");
        assert_eq!(ends, Some(at("2026-03-03T10:02:00Z")));
    }
}
