//! What each channel brought: actions against reactions, by channel, debtor type, kind of debt, and what else is asked.

use std::collections::BTreeMap;

use super::{Attribution, EFFECT, Ratio};
use crate::domain::{Channel, Currency, DebtKind, DebtorType, Language};

/// By what else than channel, debtor type and kind of debt the actions are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// How long the debt was overdue.
    Age,
    Campaign,
    Creditor,
    /// On the debtor's own clock.
    DayPart,
    /// UTC, such as `2026-03`.
    Month,
}

impl Axis {
    pub const ALL: [Self; 5] = [Self::Age, Self::Campaign, Self::Creditor, Self::DayPart, Self::Month];

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// On screens.
    pub fn name(self, language: Language) -> &'static str {
        let (en, ru) = match self {
            Self::Age => ("Days overdue", "Дней просрочки"),
            Self::Campaign => ("Campaign", "Кампания"),
            Self::Creditor => ("Creditor", "Кредитор"),
            Self::DayPart => ("Part of the day", "Часть дня"),
            Self::Month => ("Month", "Месяц"),
        };
        if language == Language::Ru { ru } else { en }
    }

    /// The column's name in files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::Campaign => "campaign",
            Self::Creditor => "creditor",
            Self::DayPart => "day_part",
            Self::Month => "month",
        }
    }
}

/// Actions that share channel, debtor type, kind of debt, currency and the axes asked for, as the store adds them up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionRow {
    pub channel: Channel,
    pub debtor_type: DebtorType,
    pub kind: DebtKind,
    pub currency: Currency,
    /// The values of the axes, in the order in which they were asked for.
    pub by: Vec<String>,
    /// In the order of [`EFFECT`]'s sums.
    pub sums: Vec<i64>,
}

impl ActionRow {
    /// A sum by its column's name; 0 for a name there is not.
    pub fn sum(&self, column: &str) -> i64 {
        EFFECT.sum(column).and_then(|place| self.sums.get(place)).copied().unwrap_or(0)
    }

    fn count(&self, column: &str) -> u64 {
        self.sum(column).max(0).unsigned_abs()
    }
}

/// One line of the channel report.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct EffectRow {
    pub channel: Channel,
    pub debtor_type: DebtorType,
    pub kind: DebtKind,
    pub currency: Currency,
    pub by: Vec<String>,
    pub actions: u64,
    pub answered: Ratio,
    pub right_party: Ratio,
    pub amount_heard: Ratio,
    pub promise: Ratio,
    pub kept: Ratio,
    pub paid: Ratio,
    pub paid_in_full: Ratio,
    pub paid_in_part: Ratio,
    pub refused: Ratio,
    pub dispute: Ratio,
    pub complaint: Ratio,
    pub opt_out: Ratio,
    pub no_reaction: Ratio,
    pub faults: Ratio,
    /// What was owed at the actions.
    pub asked_minor: i64,
    /// What the attribution credits them with.
    pub paid_minor: i64,
    /// Millionths of the currency's unit.
    pub cost_micro: i64,
}

/// The report's lines, in the order of the key. Rows of one key are added up.
pub fn effect_table(rows: &[ActionRow], attribution: Attribution) -> Vec<EffectRow> {
    let mut all: BTreeMap<_, ActionRow> = BTreeMap::new();
    for row in rows {
        let key = (row.by.clone(), row.channel, row.debtor_type, row.kind, row.currency);
        match all.get_mut(&key) {
            Some(sum) => sum.sums.iter_mut().zip(&row.sums).for_each(|(mine, more)| *mine += more),
            None => {
                all.insert(key, row.clone());
            }
        }
    }
    all.into_values().map(|row| effect(&row, attribution)).collect()
}

fn effect(row: &ActionRow, attribution: Attribution) -> EffectRow {
    let actions = row.count("actions");
    let of_actions = |column: &str| Ratio::new(row.count(column), actions);
    let credited = format!("credited_{}", attribution.code());
    let (kept, broken) = (row.count("kept"), row.count("broken"));
    EffectRow {
        channel: row.channel,
        debtor_type: row.debtor_type,
        kind: row.kind,
        currency: row.currency,
        by: row.by.clone(),
        actions,
        answered: of_actions("answered"),
        right_party: of_actions("right_party"),
        amount_heard: of_actions("amount_heard"),
        promise: Ratio::new(row.count("promise"), row.count("right_party")),
        kept: Ratio::new(kept, kept + broken),
        paid: of_actions(&credited),
        paid_in_full: of_actions("full_paid"),
        paid_in_part: of_actions("part_paid"),
        refused: Ratio::new(row.count("refused"), row.count("answered")),
        dispute: of_actions("dispute"),
        complaint: of_actions("complaint"),
        opt_out: of_actions("opt_out"),
        no_reaction: of_actions("no_reaction"),
        faults: Ratio::new(row.count("faults"), row.count("attempts")),
        asked_minor: row.sum("actions_minor"),
        paid_minor: row.sum(&format!("{credited}_minor")),
        cost_micro: row.sum("cost_micro"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(attempts: i64, faults: i64) -> ActionRow {
        let given = [
            ("attempts", attempts),
            ("faults", faults),
            ("actions", attempts - faults),
            ("answered", 40),
            ("right_party", 30),
            ("promise", 10),
            ("kept", 3),
            ("broken", 1),
            ("credited_last", 20),
            ("credited_linear", 25),
            ("credited_last_minor", 20_000),
        ];
        let mut sums = vec![0; EFFECT.sums.len()];
        for (column, sum) in given {
            sums[EFFECT.sum(column).expect("a column")] = sum;
        }
        ActionRow {
            channel: Channel::Ivr,
            debtor_type: DebtorType::Forgetful,
            kind: DebtKind::Overdue,
            currency: Currency::Rub,
            by: Vec::new(),
            sums,
        }
    }

    #[test]
    fn faults_say_nothing_about_the_debtor() {
        let table = effect_table(&[row(100, 20)], Attribution::Last);
        assert_eq!(table[0].answered, Ratio::new(40, 80));
        assert_eq!(table[0].faults, Ratio::new(20, 100));
        assert_eq!(table[0].kept, Ratio::new(3, 4));
    }

    #[test]
    fn rows_of_one_key_add_up_and_the_rule_is_the_askers() {
        let rows = [row(100, 20), row(50, 0)];
        let table = effect_table(&rows, Attribution::Last);
        assert_eq!((table.len(), table[0].actions, table[0].paid), (1, 130, Ratio::new(40, 130)));
        assert_eq!(table[0].paid_minor, 40_000);
        assert_eq!(effect_table(&rows, Attribution::Linear)[0].paid, Ratio::new(50, 130));
    }
}
