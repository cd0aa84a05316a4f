//! Counting how agents spent their time.

use std::borrow::Cow;

use jiff::Timestamp;

use super::basis::Basis;
use super::cell::{Counted, Key};
use super::step::count_state;
use super::table::STATE;
use crate::domain::Currency;

/// A change of an agent's state; it lasts until his next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateFact {
    pub agent: String,
    pub at: Timestamp,
    /// The state's code.
    pub state: String,
    /// A pause that is paid time.
    pub billable: bool,
    /// He let a call ring, and is away for that.
    pub missed: bool,
    pub call: Option<StateCall>,
}

/// The call that a state belongs to, ours or the debtor's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateCall {
    pub campaign: i64,
    pub creditor: i64,
    pub currency: Currency,
}

type Among = Option<(Timestamp, Timestamp)>;

/// Counts a change, which came after `before`, where it was in `among`.
pub fn count_change(
    before: Option<&StateFact>,
    change: &StateFact,
    among: Among,
    basis: &Basis,
    into: &mut Counted,
) {
    if among.is_some_and(|(from, to)| change.at < from || change.at >= to) {
        return;
    }
    // Whoever goes on after a hold has not begun another talk.
    let begins = change.state == "talking" && before.is_some_and(|before| before.state != "hold");
    let sums = [1, 0, i64::from(begins), i64::from(change.missed)];
    into.add(&STATE, basis.day(change.at), keys(change), &sums);
}

/// Counts the time that a change lasted, up to `ends`, as far as it is in `among`; day by day. Time logged out is nobody's.
pub fn count_stretch(change: &StateFact, ends: Timestamp, among: Among, basis: &Basis, into: &mut Counted) {
    if change.state == "logged_out" {
        return;
    }
    let (mut from, to) = match among {
        Some((from, to)) => (change.at.max(from), ends.min(to)),
        None => (change.at, ends),
    };
    while from < to {
        let day = basis.day(from);
        let until = to.min(basis.begins(day + 1));
        let spent = until.as_microsecond() - from.as_microsecond();
        into.add(&STATE, day, keys(change), &[0, spent, 0, 0]);
        count_state(change, (from, until), day, into);
        from = until;
    }
}

fn keys(change: &StateFact) -> Vec<Key> {
    let of = change.call.map_or((0, 0, ""), |call| (call.campaign, call.creditor, call.currency.code()));
    let (campaign, creditor, currency) = of;
    vec![
        Key::Code(Cow::Owned(change.agent.clone())),
        Key::Code(Cow::Owned(change.state.clone())),
        Key::Number(i64::from(change.billable)),
        Key::Number(campaign),
        Key::Number(creditor),
        Key::from(currency),
    ]
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::super::TALLIES;
    use super::*;

    fn basis() -> Basis {
        Basis { zone: TimeZone::UTC, ..Basis::default() }
    }

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    fn change(minutes: i64, state: &str) -> StateFact {
        StateFact {
            agent: "anna".into(),
            at: at(minutes),
            state: state.into(),
            billable: false,
            missed: false,
            call: None,
        }
    }

    fn count_all(changes: &[StateFact], among: Among) -> Counted {
        let mut counted = Counted::default();
        for (place, this) in changes.iter().enumerate() {
            let before = place.checked_sub(1).map(|place| &changes[place]);
            count_change(before, this, among, &basis(), &mut counted);
            if let Some(next) = changes.get(place + 1) {
                count_stretch(this, next.at, among, &basis(), &mut counted);
            }
        }
        counted
    }

    #[test]
    fn a_talk_over_midnight_is_of_both_days_and_a_hold_begins_no_second_one() {
        let day = 24 * 60;
        let changes = [
            change(day - 60, "ready"),
            change(day - 30, "talking"),
            change(day - 20, "hold"),
            change(day - 10, "talking"),
            change(day + 15, "wrap_up"),
        ];
        let counted = count_all(&changes, None);
        let of = |day: i64, state: &'static str| {
            let cell = counted.0.iter().find(|(cell, _)| cell.day == day && cell.keys[1] == Key::from(state));
            cell.map(|(_, sums)| sums.clone()).unwrap_or_default()
        };
        assert_eq!(of(0, "talking"), [2, 20 * 60_000_000, 1, 0]);
        assert_eq!(of(1, "talking"), [0, 15 * 60_000_000, 0, 0]);
    }

    proptest! {
        #[test]
        fn parts_of_time_are_the_whole(
            steps in proptest::collection::vec((0_i64..700, 0_usize..4), 1..20),
            cut in 0_i64..9_000,
        ) {
            let mut now = 0;
            let changes: Vec<_> = steps
                .into_iter()
                .map(|(later, state)| {
                    now += later;
                    change(now, ["ready", "talking", "hold", "logged_out"][state])
                })
                .collect();
            let whole = count_all(&changes, None);
            let mut parts = count_all(&changes, Some((at(0), at(cut))));
            for (cell, sums) in count_all(&changes, Some((at(cut), at(1_000_000)))).0 {
                parts.add(TALLIES[cell.table], cell.day, cell.keys, &sums);
            }
            prop_assert_eq!(whole, parts);
        }
    }
}
