//! Counting agents' talks, in our calls and in the debtors' own.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::basis::Basis;
use super::cell::{Counted, Key};
use super::facts::{DebtFacts, PromiseState, TalkFact};
use super::table::{TALK, WAIT};
use crate::stats::SERVICE_LEVEL_S;

/// Counts the talks of the calls that began when `is_within` says: a call once for each agent who talked in it, and one of ours
/// once for how long the person waited for the first of them.
pub fn count_talks(
    facts: &DebtFacts,
    basis: &Basis,
    is_within: impl Fn(Timestamp) -> bool,
    into: &mut Counted,
) {
    let (mut theirs, mut calls) = (BTreeSet::new(), BTreeSet::new());
    for talk in facts.talks.iter().filter(|talk| is_within(talk.call_at)) {
        let day = basis.day(talk.call_at);
        if theirs.insert((talk.attempt, &talk.agent)) {
            let keys = vec![Key::Code(talk.agent.clone().into()), Key::from(talk.currency.code())];
            into.add(&TALK, day, keys, &brought(talk));
        }
        if calls.insert(talk.attempt)
            && !talk.came_in
            && let Some(answered) = talk.answered_at
        {
            let waited = talk.at.as_microsecond() - answered.as_microsecond();
            let in_time = waited <= i64::try_from(SERVICE_LEVEL_S).unwrap_or(i64::MAX) * 1_000_000;
            let keys = vec![Key::Number(talk.campaign), Key::from(talk.currency.code())];
            into.add(&WAIT, day, keys, &[1, waited.max(0), i64::from(in_time)]);
        }
    }
}

/// In the order of [`TALK`]'s sums.
fn brought(talk: &TalkFact) -> [i64; 6] {
    let is = |state| talk.promise == Some(state);
    let promises = [talk.promise.is_some(), is(PromiseState::Kept), is(PromiseState::Broken)].map(i64::from);
    let [promised, kept, broken] = promises;
    [1, i64::from(talk.identified), promised, kept, broken, i64::from(talk.complaint)]
}
