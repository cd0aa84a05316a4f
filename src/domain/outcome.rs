//! What came of an attempt. A fault says nothing about the debtor.

use serde::{Deserialize, Serialize};

/// What came of an attempt, as the signalling and the first seconds tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome", content = "fault")]
pub enum Outcome {
    /// A person answered and nothing was served in time.
    Abandoned,
    /// A person, or what we must take for one, answered.
    Answered,
    Busy,
    /// We took the call back before an answer: a payment, a hold, a stop.
    Cancelled,
    /// Says nothing about the debtor; see the fault.
    Failed(Fault),
    /// The number does not exist, is not in service, or is a fax's.
    InvalidNumber,
    /// A machine or network voicemail answered.
    Machine,
    /// It rang and nobody took it, or the network said in his place that he is not reached.
    NoAnswer,
    /// The callee declined (603).
    Rejected,
    /// The callee says the call is unwanted (607, RFC 8197): the rules stop this contact.
    Unwanted,
}

/// Whose fault it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// An analytics service blocked the call (608, RFC 8688).
    Blocked,
    /// The process died with the attempt open; it counts and is not redialled.
    Lost,
    /// The trunk is full or broken.
    Trunk,
    /// We did something wrong.
    Us,
}

impl Outcome {
    /// Every outcome once, for reports and schema checks.
    pub const ALL: [Self; 13] = [
        Self::Abandoned,
        Self::Answered,
        Self::Busy,
        Self::Cancelled,
        Self::Failed(Fault::Blocked),
        Self::Failed(Fault::Lost),
        Self::Failed(Fault::Trunk),
        Self::Failed(Fault::Us),
        Self::InvalidNumber,
        Self::Machine,
        Self::NoAnswer,
        Self::Rejected,
        Self::Unwanted,
    ];

    /// The code in files and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Abandoned => "abandoned",
            Self::Answered => "answered",
            Self::Busy => "busy",
            Self::Cancelled => "cancelled",
            Self::Failed(Fault::Blocked) => "failed_blocked",
            Self::Failed(Fault::Lost) => "failed_lost",
            Self::Failed(Fault::Trunk) => "failed_trunk",
            Self::Failed(Fault::Us) => "failed_us",
            Self::InvalidNumber => "invalid_number",
            Self::Machine => "machine",
            Self::NoAnswer => "no_answer",
            Self::Rejected => "rejected",
            Self::Unwanted => "unwanted",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.code() == code)
    }
}
