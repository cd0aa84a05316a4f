//! The last days' decisions made again by the proposed rules, in the order they were made.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::proposal::Proposal;
use crate::domain::{AttemptId, Channel, Currency, DebtKind, DebtorType, DecisionId};
use crate::rules::{Facts, decide};
use crate::stats::{Attribution, EffectRow, effect_table};
use crate::store::{AttemptFilter, Period, Store, Traced};

/// What the proposed rules would have done.
#[derive(Debug, Default)]
pub struct Past {
    /// Calls that were allowed and made.
    pub calls: u64,
    /// Of these, calls the new rules refuse.
    pub refused: u64,
    /// The refused ones by the first rule that refuses.
    pub by_rule: BTreeMap<String, u64>,
    /// Denials in the log, repeats not counted.
    pub denials: u64,
    /// Of these, denials the new rules would not have given.
    pub newly_allowed: u64,
    /// Decisions that could not be made again: of campaigns without a proposal, or with records that do not stand.
    pub left_out: u64,
    /// Persons who confirmed in refused calls who they are, as it happened.
    pub right_party_happened: u64,
    /// The same as the groups' rates would have it.
    pub right_party_expected: f64,
    /// Promises and payment links, as the groups' rates would have it.
    pub promises_expected: f64,
}

/// A call's group and what came of it.
#[derive(Debug, Clone, Copy)]
struct Call {
    group: Group,
    identified: bool,
}

type Group = (Channel, DebtorType, DebtKind, Currency);

/// Makes the decisions of the period again, and tells each one by `done`.
///
/// # Errors
/// When the store fails.
pub async fn replay(
    store: &Store,
    proposal: &Proposal,
    period: Period,
    done: &(impl Fn() + Sync),
) -> anyhow::Result<Past> {
    let calls = calls(store, period).await?;
    let effects = effect_table(&store.effects_report(period, &[]).await?, Attribution::default());
    let mut replay = Replay { proposal, calls, effects, gone: HashSet::new(), past: Past::default() };
    let mut after = DecisionId(0);
    loop {
        let page = store.trace_period(period, after).await?;
        let Some(last) = page.last() else { return Ok(replay.past) };
        after = last.id;
        for traced in page {
            replay.take(traced);
            done();
        }
    }
}

async fn calls(store: &Store, period: Period) -> anyhow::Result<HashMap<AttemptId, Call>> {
    let filter = AttemptFilter { campaign: None, from: Some(period.from), to: Some(period.to) };
    let (mut walk, mut calls) = (store.export_attempts(filter), HashMap::new());
    loop {
        let page = walk.next_page().await?;
        if page.is_empty() {
            return Ok(calls);
        }
        for row in page {
            let group = (row.channel, row.debtor_type, row.debt_kind, row.amount.currency);
            calls.insert(row.id, Call { group, identified: row.identified });
        }
    }
}

struct Replay<'a> {
    proposal: &'a Proposal,
    calls: HashMap<AttemptId, Call>,
    effects: Vec<EffectRow>,
    /// Calls that the new rules refused: they leave nothing in anybody's history.
    gone: HashSet<AttemptId>,
    past: Past,
}

impl Replay<'_> {
    fn take(&mut self, traced: Traced) {
        let Traced { campaign, attempt, said, .. } = traced;
        let (Some(new), Some(said)) = (self.proposal.of(&campaign), said) else { return self.leave_out() };
        let Some(history) = said.history else { return self.leave_out() };
        let gone = &self.gone;
        let history = history.without(|event| event.attempt.is_some_and(|attempt| gone.contains(&attempt)));
        let facts = Facts { overrides: new.overrides.clone(), ..said.facts };
        let decision = decide(&new.preset, &new.calendars, &facts, &history, said.decision.at);
        if !said.decision.allow {
            self.past.denials += 1;
            self.past.newly_allowed += u64::from(decision.allow);
            return;
        }
        self.past.calls += 1;
        if let Some(rule) = decision.deny {
            self.past.refused += 1;
            *self.past.by_rule.entry(rule.to_string()).or_default() += 1;
            if let Some(attempt) = attempt {
                self.refuse(attempt);
            }
        }
    }

    fn leave_out(&mut self) {
        self.past.left_out += 1;
    }

    fn refuse(&mut self, attempt: AttemptId) {
        self.gone.insert(attempt);
        let Some(call) = self.calls.get(&attempt) else { return };
        self.past.right_party_happened += u64::from(call.identified);
        let is_it = |row: &&EffectRow| (row.channel, row.debtor_type, row.kind, row.currency) == call.group;
        let Some(row) = self.effects.iter().find(is_it).filter(|row| row.actions > 0) else { return };
        self.past.right_party_expected += row.right_party.numerator as f64 / row.actions as f64;
        self.past.promises_expected += row.promise.numerator as f64 / row.actions as f64;
    }
}
