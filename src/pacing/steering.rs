//! How much risk a call may carry now: what is left of the budget over what is still to come.

use super::budget::{Budget, Cap};

/// Turns the budget into the highest risk accepted of a call. Times are seconds.
#[derive(Clone, Debug)]
pub struct Steering {
    cap: f64,
    /// Risk that is accepted of a call whatever was spent.
    least: f64,
    /// Logarithm of accepted risk over wanted share of abandonments, learned: risks are foretold imperfectly.
    gain: f64,
}

/// The budget as it stands.
#[derive(Clone, Copy, Debug)]
pub struct Outlay {
    /// People expected to answer in the rest of the shift.
    pub expected: f64,
    /// People who may still be abandoned, those to come counted on; and when few of them come.
    pub spendable: f64,
    pub surely: f64,
}

/// People kept in reserve when the rest of the shift is shared out.
const RESERVE: f64 = 2.2;
/// Standard deviations of the losses to come kept in reserve too, so that bad luck does not end the day early.
const CHANCE: f64 = 0.7;
/// Most that is spent at once, in caps.
const MOST: f64 = 1.5;
/// Share of the answers expected on which the guard counts: while it holds, half as many people answer, for calls
/// wait for agents then, and of an afternoon fewer may answer besides.
const SURE: f64 = 0.3;
/// Weight of one more outcome in the gain.
const WEIGHT: f64 = 0.02;
/// Losses the guard keeps room for: the next one, and a run of them among the people due, for when one of these
/// finds nobody the next ones mostly do, too.
const NEXT_LOSS: f64 = 1.8;
const RUN: f64 = 1.6;
/// How fast the accepted risk falls when the next losses are not affordable; slower while much of the shift's
/// budget is still to come, for an idle afternoon brings no answers to pay for them.
const FALL: f64 = 6.0;
/// A call that as good as surely finds an agent may be made when nothing is left to spend: it brings a person more among whom
/// the losses are counted. Not where detection alone loses more people than the cap allows.
const AS_GOOD_AS_NONE: f64 = 1e-5;

impl Steering {
    pub fn new(cap: Cap) -> Self {
        let least = if cap.lost_to_detection < cap.share { AS_GOOD_AS_NONE } else { 0.0 };
        Self { cap: cap.share, least, gain: 0.0 }
    }

    pub fn outlay(budget: &Budget, now: f64, seconds: f64) -> Outlay {
        let expected = budget.expected(now, seconds);
        let few = (SURE * expected - expected.sqrt()).max(0.0);
        Outlay { expected, spendable: budget.spendable(now, expected), surely: budget.spendable(now, few) }
    }

    /// Highest chance to find nobody that a call may have, with `waiting` people and `due`
    /// people expected of the calls out.
    pub fn accepted(&self, outlay: Outlay, waiting: usize, due: f64) -> f64 {
        let risk = self.wanted(outlay) * self.gain.exp();
        let after_next = outlay.surely - NEXT_LOSS - waiting as f64 - RUN * due.sqrt();
        let fall = FALL / (1.0 + (self.cap * outlay.expected).sqrt());
        (risk * (fall * after_next.min(0.0)).exp()).max(self.least)
    }

    /// A person met an agent or nobody: corrects the gain.
    pub fn learn(&mut self, outlay: Outlay, abandoned: bool) {
        let came = if abandoned { 1.0 } else { 0.0 };
        self.gain = (self.gain + WEIGHT * (self.wanted(outlay) - came)).clamp(-1.5, 1.5);
    }

    /// Share of the people to come who may be abandoned.
    fn wanted(&self, outlay: Outlay) -> f64 {
        let chance = CHANCE * (self.cap * outlay.expected).sqrt();
        let share = (outlay.spendable - RESERVE - chance) / outlay.expected.max(1.0);
        share.clamp(0.0, MOST * self.cap)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::budget::{Cap, Window};
    use super::*;

    /// Accepted at `now` of a day of eight hours, after steady answers.
    fn accepted(now: f64, answered: u32, abandoned: u32) -> f64 {
        let cap = Cap { share: 0.03, window: Window::Day, lost_to_detection: 0.0 };
        let mut budget = Budget::new(cap, 5, Duration::from_secs(28_800));
        budget.begin_day(0.0);
        (0..answered).for_each(|_| budget.answered(now));
        (0..abandoned).for_each(|_| budget.abandoned(now));
        let outlay = Steering::outlay(&budget, now, budget.left(now));
        Steering::new(cap).accepted(outlay, 0, 0.5)
    }

    #[test]
    fn who_has_spent_ahead_waits_for_the_answers_that_pay_for_it() {
        // A day that ended over the cap: at the pace of the morning 850 people would have answered, 540 did.
        assert!(accepted(13_259.0, 391, 15) < 0.003, "{}", accepted(13_259.0, 391, 15));
        assert!(accepted(13_259.0, 391, 10) > 0.015, "{}", accepted(13_259.0, 391, 10));
    }

    #[test]
    fn the_last_of_the_budget_is_not_spent() {
        assert!(accepted(28_000.0, 800, 23) < 0.001, "{}", accepted(28_000.0, 800, 23));
        assert_eq!(accepted(28_000.0, 800, 25), AS_GOOD_AS_NONE);
    }
}
