//! Row ids, one type each, so that a debt is never taken for a debtor.

use std::fmt;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

id! {
    /// One dial: one INVITE and its row. It stands in the Call-ID.
    AttemptId,
    /// A running list with its plan.
    CampaignId,
    /// One debt of one person in one campaign.
    ContactId,
    DebtId,
    /// A decision of the gate, kept with its reasons.
    DecisionId,
    /// An entry of the ledger.
    EventId,
    /// A debtor, whoever calls him and on whatever number.
    PersonId,
}
