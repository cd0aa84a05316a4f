//! What each channel brought: actions against reactions, by channel, debtor type and kind of debt.

use std::collections::BTreeMap;

use super::Ratio;
use crate::domain::{Channel, Currency, DebtKind, DebtorType};

/// What happened to a group of actions that share channel, debtor type, kind of debt and currency, as the store
/// counts it. All are counts but for the sums, which are in minor units.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ActionRow {
    pub channel: Channel,
    pub debtor_type: DebtorType,
    pub kind: DebtKind,
    pub currency: Currency,
    /// Attempts, those that failed by the trunk or by us included.
    pub attempts: u64,
    /// Attempts that failed by the trunk or by us.
    pub faults: u64,
    pub answered: u64,
    pub right_party: u64,
    pub amount_heard: u64,
    pub promises: u64,
    pub refused: u64,
    /// Debts with at least one action, and those of them paid (in part or full) after one within the window.
    pub debts: u64,
    pub debts_paid: u64,
    /// What those debts owed at the time of their first action.
    pub owed_minor: i64,
    /// What was paid on them after an action, within the window.
    pub paid_minor: i64,
}

/// One line of the channel report.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct EffectRow {
    pub channel: Channel,
    pub debtor_type: DebtorType,
    pub kind: DebtKind,
    pub currency: Currency,
    pub actions: u64,
    pub answered: Ratio,
    pub right_party: Ratio,
    pub amount_heard: Ratio,
    pub promise: Ratio,
    pub paid: Ratio,
    pub refused: Ratio,
    pub faults: Ratio,
    pub owed_minor: i64,
    pub paid_minor: i64,
}

/// Turns counts into the report's lines, in the order of the key. Rows of one key are added up.
pub fn effect_table(rows: &[ActionRow]) -> Vec<EffectRow> {
    let mut sums: BTreeMap<(Channel, DebtorType, DebtKind, Currency), ActionRow> = BTreeMap::new();
    for row in rows {
        let key = (row.channel, row.debtor_type, row.kind, row.currency);
        match sums.get_mut(&key) {
            Some(sum) => add(sum, row),
            None => {
                sums.insert(key, row.clone());
            }
        }
    }
    sums.into_values().map(|sum| effect(&sum)).collect()
}

fn add(sum: &mut ActionRow, row: &ActionRow) {
    sum.attempts += row.attempts;
    sum.faults += row.faults;
    sum.answered += row.answered;
    sum.right_party += row.right_party;
    sum.amount_heard += row.amount_heard;
    sum.promises += row.promises;
    sum.refused += row.refused;
    sum.debts += row.debts;
    sum.debts_paid += row.debts_paid;
    sum.owed_minor += row.owed_minor;
    sum.paid_minor += row.paid_minor;
}

fn effect(sum: &ActionRow) -> EffectRow {
    let actions = sum.attempts - sum.faults;
    EffectRow {
        channel: sum.channel,
        debtor_type: sum.debtor_type,
        kind: sum.kind,
        currency: sum.currency,
        actions,
        answered: Ratio::new(sum.answered, actions),
        right_party: Ratio::new(sum.right_party, actions),
        amount_heard: Ratio::new(sum.amount_heard, actions),
        promise: Ratio::new(sum.promises, sum.right_party),
        paid: Ratio::new(sum.debts_paid, sum.debts),
        refused: Ratio::new(sum.refused, sum.answered),
        faults: Ratio::new(sum.faults, sum.attempts),
        owed_minor: sum.owed_minor,
        paid_minor: sum.paid_minor,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(attempts: u64, faults: u64) -> ActionRow {
        ActionRow {
            channel: Channel::Ivr,
            debtor_type: DebtorType::Forgetful,
            kind: DebtKind::Overdue,
            currency: Currency::Rub,
            attempts,
            faults,
            answered: 40,
            right_party: 30,
            amount_heard: 25,
            promises: 10,
            refused: 4,
            debts: 80,
            debts_paid: 20,
            owed_minor: 100_000,
            paid_minor: 20_000,
        }
    }

    #[test]
    fn faults_say_nothing_about_the_debtor() {
        let table = effect_table(&[row(100, 20)]);
        assert_eq!(table[0].answered, Ratio::new(40, 80));
        assert_eq!(table[0].faults, Ratio::new(20, 100));
    }

    #[test]
    fn rows_of_one_key_add_up() {
        let table = effect_table(&[row(100, 20), row(50, 0)]);
        assert_eq!(table.len(), 1);
        assert_eq!((table[0].actions, table[0].paid), (130, Ratio::new(40, 160)));
    }
}
