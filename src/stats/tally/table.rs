//! The tables of cells: by what, and which sums.

/// A table of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// In the database.
    pub name: &'static str,
    /// The place in [`TALLIES`].
    pub place: usize,
    /// Columns of the key.
    pub keys: &'static [&'static str],
    /// Columns of sums.
    pub sums: &'static [&'static str],
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

/// Closed attempts, those that we took back included. `served_us` is the talk of the answered ones.
pub const CALL: Tally = Tally {
    name: "tally_call",
    place: 1,
    keys: &["campaign_id", "trunk", "channel", "outcome", "disposition", "currency"],
    sums: &["attempts", "connected", "identified", "talk_us", "served_us", "cost_micro"],
};

/// The n-th use of a channel on a debt.
pub const USE: Tally = Tally {
    name: "tally_use",
    place: 2,
    keys: &["channel", "nth"],
    sums: &["uses", "right_party", "promised", "paid"],
};

/// Accounts called at least once, over all time: what they owed at most, and paid since the first call.
pub const ACCOUNT: Tally = Tally {
    name: "tally_account",
    place: 3,
    keys: &["campaign_id", "currency"],
    sums: &["called", "owed_minor", "paid_minor"],
};

/// Every table.
pub const TALLIES: [&Tally; 4] = [&EFFECT, &CALL, &USE, &ACCOUNT];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_table_knows_its_place_and_each_reaction_its_columns() {
        for (place, table) in TALLIES.iter().enumerate() {
            assert_eq!(table.place, place);
        }
        for reaction in REACTIONS {
            let count = EFFECT.sum(reaction).expect("a count");
            assert_eq!(EFFECT.sum(&format!("{reaction}_minor")), Some(count + 1));
        }
    }
}
