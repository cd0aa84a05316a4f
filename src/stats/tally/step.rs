//! Counting by steps of five minutes: what a day looks like while it goes by.
//!
//! A step is one of the calendar, the n-th since 1970, so that it is of one day whatever the zone: no clock in use is ahead
//! by anything but whole quarters of an hour.

use std::borrow::Cow;

use jiff::Timestamp;

use super::basis::Basis;
use super::cell::{Counted, Key};
use super::count::{is_his_own, is_taken_back};
use super::facts::{ActionFact, CallFact};
use super::state::StateFact;
use super::table::{STATE_STEP, STEP};
use crate::domain::Outcome;

/// How long a step is, in seconds.
pub const STEP_S: i64 = 300;
const STEP_US: i64 = STEP_S * 1_000_000;

/// The step of a moment.
pub fn step_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(STEP_S)
}

/// The first moment of a step; the last there is for one that no calendar has.
pub fn step_begins(step: i64) -> Timestamp {
    Timestamp::from_second(step.saturating_mul(STEP_S)).unwrap_or(Timestamp::MAX)
}

/// A call that is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenCall {
    /// The debtor's own call is none that we placed.
    pub is_his_own: bool,
    pub campaign: i64,
    pub reserved_at: Timestamp,
    /// Since when it has a line.
    pub line_from: Option<Timestamp>,
}

/// Counts a call that is up, as far as `now`: it is dialled, and nobody knows yet who answers.
pub fn count_open(open: &OpenCall, now: Timestamp, basis: &Basis, into: &mut Counted) {
    if !open.is_his_own {
        add(open.reserved_at, open.campaign, [1, 0, 0], basis, into);
    }
    if let Some(from) = open.line_from {
        count_line((from, now), open.campaign, basis, into);
    }
}

/// Counts a closed call: it is of the step that it was dialled in, its line of all that it lasted.
pub(super) fn count_call(action: &ActionFact, call: &CallFact, basis: &Basis, into: &mut Counted) {
    if !is_his_own(action) && !is_taken_back(action) {
        let abandoned = call.outcome == Outcome::Abandoned;
        let person = abandoned || call.outcome == Outcome::Answered;
        add(action.at, action.campaign, [true, person, abandoned].map(i64::from), basis, into);
    }
    if let Some(line) = call.line {
        count_line(line, action.campaign, basis, into);
    }
}

fn add(at: Timestamp, campaign: i64, sums: [i64; 3], basis: &Basis, into: &mut Counted) {
    let [dials, people, abandoned] = sums;
    let keys = vec![Key::Number(step_of(at)), Key::Number(campaign)];
    into.add(&STEP, basis.day(at), keys, &[dials, people, abandoned, 0]);
}

fn count_line((from, to): (Timestamp, Timestamp), campaign: i64, basis: &Basis, into: &mut Counted) {
    for (step, spent_us) in parts(from, to) {
        let keys = vec![Key::Number(step), Key::Number(campaign)];
        into.add(&STEP, basis.day(step_begins(step)), keys, &[0, 0, 0, spent_us]);
    }
}

/// Counts a stretch of an agent's time, all of it on one day.
pub(super) fn count_state(
    change: &StateFact,
    (from, to): (Timestamp, Timestamp),
    day: i64,
    into: &mut Counted,
) {
    let campaign = change.call.map_or(0, |call| call.campaign);
    for (step, spent_us) in parts(from, to) {
        let state = Key::Code(Cow::Owned(change.state.clone()));
        into.add(&STATE_STEP, day, vec![Key::Number(step), state, Key::Number(campaign)], &[spent_us]);
    }
}

/// The steps of a stretch of time, each with the microseconds of it that are the step's.
fn parts(from: Timestamp, to: Timestamp) -> impl Iterator<Item = (i64, i64)> {
    let (from, to) = (from.as_microsecond(), to.as_microsecond());
    let steps = if from < to { from.div_euclid(STEP_US)..(to - 1).div_euclid(STEP_US) + 1 } else { 0..0 };
    steps.map(move |step| {
        let begins = step.saturating_mul(STEP_US);
        (step, to.min(begins.saturating_add(STEP_US)) - from.max(begins))
    })
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn a_stretch_is_divided_at_whole_five_minutes() {
        let of =
            |from, to| parts(at(from), at(to)).map(|(step, us)| (step, us / 1_000_000)).collect::<Vec<_>>();
        assert_eq!(of(290, 910), [(0, 10), (1, 300), (2, 300), (3, 10)]);
        assert_eq!(of(300, 600), [(1, 300)]);
        assert_eq!(of(300, 300), []);
        assert_eq!(of(310, 300), [], "a clock that went back");
    }

    #[test]
    fn a_call_that_is_up_is_dialled_and_has_its_line_so_far() {
        let open = OpenCall { is_his_own: false, campaign: 7, reserved_at: at(10), line_from: Some(at(12)) };
        let mut counted = Counted::default();
        count_open(&open, at(302), &Basis::default(), &mut counted);
        let found: Vec<_> = counted.0.into_values().collect();
        assert_eq!(found, [[1, 0, 0, 288_000_000], [0, 0, 0, 2_000_000]]);
        let mut his = Counted::default();
        count_open(&OpenCall { is_his_own: true, ..open }, at(20), &Basis::default(), &mut his);
        assert_eq!(his.0.into_values().collect::<Vec<_>>(), [[0, 0, 0, 8_000_000]]);
    }

    proptest! {
        #[test]
        fn the_parts_are_the_stretch(from in 0_i64..9_000, long in 0_i64..9_000) {
            let found: Vec<_> = parts(at(from), at(from + long)).collect();
            prop_assert_eq!(found.iter().map(|part| part.1).sum::<i64>(), long * 1_000_000);
            prop_assert!(found.iter().all(|part| (1..=STEP_US).contains(&part.1)));
            prop_assert!(found.windows(2).all(|pair| pair[0].0 + 1 == pair[1].0));
        }
    }
}
