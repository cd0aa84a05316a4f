//! The queue's order: expected recovered money per attempt.

use super::plan::ScoreWeights;
use crate::domain::{DebtKind, DebtorType, Money};

/// What a contact's expected value follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoreFacts {
    pub amount: Money,
    pub debtor_type: DebtorType,
    pub kind: DebtKind,
    /// Attempts made so far on this contact.
    pub tries: u8,
    /// The person has answered one of them.
    pub answered_before: bool,
}

/// The expected value of the next attempt in minor units, not below 1: amount to its weight, times the chance to its
/// weight, times the factors of type and kind.
pub fn score(weights: &ScoreWeights, facts: &ScoreFacts) -> i64 {
    let amount = (facts.amount.minor.max(1) as f64).powf(weights.amount);
    let chance = chance(facts).powf(weights.chance);
    let by_type = weights.by_type.iter().find(|(t, _)| *t == facts.debtor_type).map_or(1.0, |(_, f)| *f);
    let by_kind = weights.by_kind.iter().find(|(k, _)| *k == facts.kind).map_or(1.0, |(_, f)| *f);
    (amount * chance * by_type * by_kind).clamp(1.0, 9e18) as i64
}

/// The chance that the next attempt brings money: a prior for the type, less by a third for each attempt without an
/// answer. The order is all it is used for; the priors are `domain.md`'s words as numbers, not measurements.
fn chance(facts: &ScoreFacts) -> f64 {
    let prior = match facts.debtor_type {
        DebtorType::Forgetful => 0.6,
        DebtorType::Involuntary => 0.4,
        DebtorType::Habitual => 0.3,
        DebtorType::Unknown => 0.25,
        DebtorType::Idler => 0.15,
        DebtorType::Fraudster => 0.05,
    };
    let wear = if facts.answered_before { 0.9_f64 } else { 2.0 / 3.0 };
    prior * wear.powi(i32::from(facts.tries))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Currency;

    fn facts(minor: i64, tries: u8) -> ScoreFacts {
        ScoreFacts {
            amount: Money::new(minor, Currency::Rub),
            debtor_type: DebtorType::Forgetful,
            kind: DebtKind::Overdue,
            tries,
            answered_before: false,
        }
    }

    fn plain() -> ScoreWeights {
        ScoreWeights { amount: 1.0, chance: 1.0, by_type: Vec::new(), by_kind: Vec::new() }
    }

    #[test]
    fn a_forgetful_debtor_goes_before_a_fraudster_who_owes_five_times_as_much() {
        let fraudster = ScoreFacts { debtor_type: DebtorType::Fraudster, ..facts(500_000, 0) };
        assert!(score(&plain(), &facts(100_000, 0)) > score(&plain(), &fraudster));
    }

    proptest! {
        #[test]
        fn more_money_is_never_behind_and_more_tries_never_ahead(
            minor in 1_i64..1_000_000_000, more in 0_i64..1_000_000, tries in 0_u8..20,
        ) {
            prop_assert!(score(&plain(), &facts(minor + more, tries)) >= score(&plain(), &facts(minor, tries)));
            prop_assert!(score(&plain(), &facts(minor, tries + 1)) <= score(&plain(), &facts(minor, tries)));
        }
    }
}
