//! The tables of cells: by what, and which sums.

/// A table of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// In the database.
    pub name: &'static str,
    /// The place in [`TALLIES`].
    pub place: usize,
    pub spans: Spans,
    /// Columns of the key.
    pub keys: &'static [&'static str],
    /// Columns of sums.
    pub sums: &'static [&'static str],
    /// Where its last key is `before_day`: which cells of a period count, sum by sum. Empty: all of them.
    pub counts: &'static [Counting],
}

/// What a table's cells span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spans {
    /// Each stands twice.
    DaysAndMonths,
    Days,
    Months,
}

/// What of a period counts, by when the same happened before: an account called in two months is one account of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// What came after something within the period.
    After,
    Always,
    /// What happened for the first time in the period.
    First,
}

impl Tally {
    /// The place of a sum's column.
    pub fn sum(&self, column: &str) -> Option<usize> {
        self.sums.iter().position(|it| *it == column)
    }

    /// The place of a key's column.
    pub fn key(&self, column: &str) -> Option<usize> {
        self.keys.iter().position(|it| *it == column)
    }
}

/// What followed an action; each has a count and, under the name with `_minor`, the money: what was owed at the action,
/// of a day named the sum promised, of the two payments what was paid within the channel's window.
pub const REACTIONS: [&str; 14] = [
    "answered",
    "right_party",
    "amount_heard",
    "promise",
    "dated",
    "kept",
    "broken",
    "part_paid",
    "full_paid",
    "dispute",
    "complaint",
    "opt_out",
    "refused",
    "no_reaction",
];

/// Actions against reactions.
pub const EFFECT: Tally = Tally {
    name: "tally_effect",
    place: 0,
    spans: Spans::DaysAndMonths,
    counts: &[],
    keys: &[
        "channel",
        "debtor_type",
        "debt_kind",
        "creditor_id",
        "campaign_id",
        "day_part",
        "age",
        "currency",
    ],
    sums: &[
        "attempts",
        "faults",
        "cost_micro",
        "talk_us",
        "actions",
        "actions_minor",
        "answered",
        "answered_minor",
        "right_party",
        "right_party_minor",
        "amount_heard",
        "amount_heard_minor",
        "promise",
        "promise_minor",
        "dated",
        "dated_minor",
        "kept",
        "kept_minor",
        "broken",
        "broken_minor",
        "part_paid",
        "part_paid_minor",
        "full_paid",
        "full_paid_minor",
        "dispute",
        "dispute_minor",
        "complaint",
        "complaint_minor",
        "opt_out",
        "opt_out_minor",
        "refused",
        "refused_minor",
        "no_reaction",
        "no_reaction_minor",
        "credited_last",
        "credited_last_minor",
        "credited_first",
        "credited_first_minor",
        "credited_linear",
        "credited_linear_minor",
    ],
};

/// Closed attempts of ours, those that we took back included. `served_us` is the talk of the answered ones.
pub const CALL: Tally = Tally {
    name: "tally_call",
    place: 1,
    spans: Spans::DaysAndMonths,
    counts: &[],
    keys: &["campaign_id", "trunk", "channel", "outcome", "disposition", "currency"],
    sums: &["attempts", "connected", "identified", "talk_us", "served_us", "cost_micro"],
};

/// The n-th use of a channel of ours on a debt.
pub const USE: Tally = Tally {
    name: "tally_use",
    place: 2,
    spans: Spans::DaysAndMonths,
    counts: &[],
    keys: &["channel", "nth"],
    sums: &["uses", "right_party", "promised", "paid"],
};

/// Accounts by the day they were called on, and the day of the call before: what they owed then; and what was paid, by the
/// day of the last call before the payment. [`NEVER`] where there was none.
pub const ACCOUNT: Tally = Tally {
    name: "tally_account_day",
    place: 3,
    spans: Spans::Days,
    keys: &["campaign_id", "currency", "before_day"],
    sums: &["called", "owed_minor", "paid_minor"],
    counts: &[Counting::First, Counting::First, Counting::After],
};

/// The same by months.
pub const ACCOUNT_MONTH: Tally =
    Tally { name: "tally_account_month", place: 4, spans: Spans::Months, ..ACCOUNT };

/// Agents' talks, each call once for each of those who talked in it, on the day the call began.
pub const TALK: Tally = Tally {
    name: "tally_talk",
    place: 5,
    spans: Spans::DaysAndMonths,
    keys: &["agent", "currency"],
    sums: &["talks", "right_party", "promises", "kept", "broken", "complaints"],
    counts: &[],
};

/// Debts with a payment that is an agent's, by the day of the one before that was his too, and the money.
pub const AGENT_PAID: Tally = Tally {
    name: "tally_agent_paid",
    place: 6,
    spans: Spans::Days,
    keys: &["agent", "currency", "before_day"],
    sums: &["paid", "paid_minor"],
    counts: &[Counting::First, Counting::Always],
};

/// Calls of ours in which an agent talked, and how long the person had waited for him since the answer.
pub const WAIT: Tally = Tally {
    name: "tally_wait",
    place: 7,
    spans: Spans::DaysAndMonths,
    keys: &["campaign_id", "currency"],
    sums: &["talks", "wait_us", "in_time"],
    counts: &[],
};

/// What calls to those drawn by lot cost, by the day of the drawing and the days since.
pub const COST: Tally = Tally {
    name: "tally_cost",
    place: 8,
    spans: Spans::DaysAndMonths,
    keys: &["campaign_id", "currency", "lag_days"],
    sums: &["cost_micro"],
    counts: &[],
};

/// Payments on debts.
pub const PAYMENT: Tally = Tally {
    name: "tally_payment",
    place: 9,
    spans: Spans::DaysAndMonths,
    keys: &["creditor_id", "currency"],
    sums: &["payments", "paid_minor"],
    counts: &[],
};

/// How agents spent their time: the changes to a state on the day, and the time in it that fell on the day, as far as it is
/// over. `campaign_id` and `creditor_id` are 0 outside calls and in those of nobody known. `talks` are those begun, not gone on with after a hold.
pub const STATE: Tally = Tally {
    name: "tally_state",
    place: 10,
    spans: Spans::DaysAndMonths,
    keys: &["agent", "state", "billable", "campaign_id", "creditor_id", "currency"],
    sums: &["changes", "spent_us", "talks", "missed"],
    counts: &[],
};

/// The day as it went by, in steps of five minutes: closed calls out by the step they were dialled in, but for those we took
/// back, and those of them that a person answered; and how long lines were in use in the step, by the debtors' own calls too.
pub const STEP: Tally = Tally {
    name: "tally_step",
    place: 11,
    spans: Spans::Days,
    keys: &["step", "campaign_id"],
    sums: &["dials", "people", "abandoned", "line_us"],
    counts: &[],
};

/// How agents spent the step, all of them together, as far as their states are over.
pub const STATE_STEP: Tally = Tally {
    name: "tally_state_step",
    place: 12,
    spans: Spans::Days,
    keys: &["step", "state", "campaign_id"],
    sums: &["spent_us"],
    counts: &[],
};

/// Every table.
pub const TALLIES: [&Tally; 13] = [
    &EFFECT,
    &CALL,
    &USE,
    &ACCOUNT,
    &ACCOUNT_MONTH,
    &TALK,
    &AGENT_PAID,
    &WAIT,
    &COST,
    &PAYMENT,
    &STATE,
    &STEP,
    &STATE_STEP,
];

/// The day before every other, of what never happened before.
pub const NEVER: i64 = i64::MIN;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_table_knows_its_place_and_each_reaction_its_columns() {
        for (place, table) in TALLIES.iter().enumerate() {
            assert_eq!(table.place, place);
            let linked = table.keys.last() == Some(&"before_day");
            assert_eq!(table.counts.len(), if linked { table.sums.len() } else { 0 }, "{}", table.name);
        }
        for reaction in REACTIONS {
            let count = EFFECT.sum(reaction).expect("a count");
            assert_eq!(EFFECT.sum(&format!("{reaction}_minor")), Some(count + 1));
        }
    }
}
