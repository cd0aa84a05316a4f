//! A reviewed call: what each reviewer found, and what of the mark is kept.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Mark, Why};
use crate::domain::{AgentId, AttemptId, Language};

/// One reviewer's finding. His words are in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Review {
    pub reviewer: String,
    pub at: Timestamp,
    /// By the criteria's keys.
    pub marks: BTreeMap<String, Mark>,
    /// Basis points: 10,000 is all met.
    pub raw_bp: u32,
    /// A critical criterion was not met.
    pub critical: bool,
    pub comment: String,
}

impl std::fmt::Debug for Review {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Review")
            .field("reviewer", &self.reviewer)
            .field("raw_bp", &self.raw_bp)
            .finish_non_exhaustive()
    }
}

/// A call of an agent's with its reviews.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewedCall {
    pub attempt: AttemptId,
    pub agent: AgentId,
    pub at: Timestamp,
    /// The debt was paid on within the window of agents' calls after it, and no later talk comes between.
    pub paid: bool,
    /// The oldest first, one a reviewer.
    pub reviews: Vec<Review>,
}

/// What of a mark is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    pub bp: u32,
    /// The dialogue brought a payment, so nothing is taken off.
    pub for_payment: bool,
}

/// What became of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reviewed {
    Now {
        raw_bp: u32,
        critical: bool,
    },
    /// He has reviewed this talk already; nothing was changed.
    Before,
    /// Nobody reviews himself.
    Himself,
    /// Nobody of this login may review: a slip in a name would make another reviewer of the same one.
    NoReviewer,
    /// The agent did not talk in such a call.
    NoTalk,
    /// A criterion has no mark, or nothing applied.
    Unfit,
}

impl Reviewed {
    /// Why it was not kept; `None`: it was.
    pub fn refusal(self, language: Language) -> Option<&'static str> {
        let (en, ru) = match self {
            Self::Now { .. } => return None,
            Self::Before => {
                ("this reviewer has reviewed the talk already", "этот проверяющий уже оценил разговор")
            }
            Self::Himself => ("nobody reviews his own talk", "свой разговор никто не оценивает"),
            Self::NoReviewer => (
                "nobody of this login may review talks",
                "под этим логином никто не может оценивать разговоры",
            ),
            Self::NoTalk => {
                ("the agent did not talk in such a call", "в таком звонке этот оператор не говорил")
            }
            Self::Unfit => (
                "a criterion has no mark, or nothing applied",
                "у критерия нет оценки, или ни один не был уместен",
            ),
        };
        Some(if language == Language::Ru { ru } else { en })
    }
}

/// A review as it is filled in. His words are in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Filled {
    pub attempt: AttemptId,
    pub agent: AgentId,
    pub reviewer: String,
    pub marks: BTreeMap<String, Mark>,
    pub comment: String,
}

impl std::fmt::Debug for Filled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Filled")
            .field("attempt", &self.attempt)
            .field("agent", &self.agent)
            .finish_non_exhaustive()
    }
}

/// A call that was drawn to be listened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    pub attempt: AttemptId,
    pub agent: AgentId,
    pub at: Timestamp,
    pub why: Why,
    /// How many have reviewed it.
    pub reviews: u64,
    /// There still is a recording.
    pub recorded: bool,
}

/// A list of calls to be listened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleLine {
    pub id: i64,
    pub made_at: Timestamp,
    pub made_by: String,
    /// With the same calls it draws the same list.
    pub seed: u64,
    pub from: Timestamp,
    pub to: Timestamp,
    pub calls: u64,
    /// Those of them that somebody has reviewed.
    pub reviewed: u64,
}

impl Review {
    /// The mark that counts: where the dialogue brought a payment nothing is taken off it, unless what was done is never done.
    pub fn kept(&self, paid: bool) -> Kept {
        let for_payment = paid && !self.critical && self.raw_bp < 10_000;
        Kept { bp: if for_payment { 10_000 } else { self.raw_bp }, for_payment }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_keeps_the_mark_whole_and_lifts_no_breach() {
        let review = |raw_bp, critical| Review {
            reviewer: "olga".into(),
            at: Timestamp::UNIX_EPOCH,
            marks: BTreeMap::new(),
            raw_bp,
            critical,
            comment: String::new(),
        };
        assert_eq!(review(6_000, false).kept(true), Kept { bp: 10_000, for_payment: true });
        assert_eq!(review(6_000, false).kept(false), Kept { bp: 6_000, for_payment: false });
        assert_eq!(review(0, true).kept(true), Kept { bp: 0, for_payment: false });
        assert_eq!(review(10_000, false).kept(true), Kept { bp: 10_000, for_payment: false });
    }
}
