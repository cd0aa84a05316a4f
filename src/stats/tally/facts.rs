//! What is known of a debt's actions and payments.

use jiff::Timestamp;

use crate::domain::{Channel, Currency, DebtKind, DebtorType, Disposition, Outcome};

/// One debt, as far as it is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DebtFacts {
    /// In order of time.
    pub actions: Vec<ActionFact>,
    /// In order of time.
    pub payments: Vec<PaymentFact>,
    /// In order of time.
    pub talks: Vec<TalkFact>,
}

/// One use of a channel on the debt, with what was known of the debtor at the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionFact {
    pub at: Timestamp,
    pub channel: Channel,
    pub debtor_type: DebtorType,
    pub kind: DebtKind,
    pub creditor: i64,
    /// 0: outside every campaign.
    pub campaign: i64,
    /// On the debtor's own clock.
    pub hour: Option<u8>,
    /// Days the debt was overdue.
    pub age_days: Option<i64>,
    pub currency: Currency,
    /// What was owed, in minor units.
    pub amount_minor: i64,
    pub what: What,
    /// Which use of the channel on the person it was, over all his debts, as it was numbered when it was written down. Absent:
    /// it was none.
    pub nth: Option<i64>,
    /// What became of a day he named, and the sum he named with it.
    pub promise: Option<(PromiseState, i64)>,
    /// He complained in it.
    pub complaint: bool,
}

/// Whose action it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A closed attempt, ours or the debtor's own call.
    Call(CallFact),
    /// Told by another system.
    Outside(OutsideFact),
}

/// What another system told of a use of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutsideFact {
    /// A person answered.
    pub spoken: bool,
    /// It was the debtor; who promises is taken for him.
    pub right_party: bool,
    pub promise: bool,
    pub dispute: bool,
    pub opt_out: bool,
}

/// A closed attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFact {
    pub trunk: String,
    pub outcome: Outcome,
    pub disposition: Option<Disposition>,
    pub identified: bool,
    pub amount_heard: bool,
    /// A 2xx came.
    pub connected: bool,
    /// From the answer to the end, in microseconds.
    pub talk_us: i64,
    /// From when to when it had a line, where both are known.
    pub line: Option<(Timestamp, Timestamp)>,
    /// Millionths of the currency's unit.
    pub cost_micro: i64,
    /// When its contact was drawn to be called, where there was a lot.
    pub selected_at: Option<Timestamp>,
}

/// An agent began to talk in a closed attempt, ours or the debtor's own; again after a hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalkFact {
    pub at: Timestamp,
    pub agent: String,
    pub attempt: i64,
    /// When the call began, and when it was answered.
    pub call_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    pub campaign: i64,
    pub currency: Currency,
    pub identified: bool,
    pub promise: Option<PromiseState>,
    pub complaint: bool,
    /// The debtor called us.
    pub came_in: bool,
}

/// What became of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromiseState {
    Broken,
    Kept,
    Open,
}

impl PromiseState {
    /// Reads the code in the database.
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "broken" => Some(Self::Broken),
            "kept" => Some(Self::Kept),
            "open" => Some(Self::Open),
            _ => None,
        }
    }
}

/// A payment on the debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentFact {
    pub at: Timestamp,
    /// To whom it was owed.
    pub creditor: i64,
    pub currency: Currency,
    pub minor: i64,
}
