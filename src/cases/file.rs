//! A case as it is shown: in a list, and whole.

use jiff::Timestamp;

use super::{Kind, Number, Source, State};
use crate::domain::{AttemptId, Disposition, Outcome, PersonId, PersonName};

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseLine {
    pub number: Number,
    pub kind: Kind,
    /// Of a dispute: he says that he has paid, not that he does not owe.
    pub says_paid: bool,
    pub source: Source,
    pub state: State,
    pub owner: Option<String>,
    pub received: Timestamp,
    pub due: Timestamp,
    /// By when the creditor's answer is due, where he was asked.
    pub asked_due: Option<Timestamp>,
    /// Some system of his was sent the question.
    pub asked_told: bool,
    /// What he said: the debt is owed, or not.
    pub creditor_says_owed: Option<bool>,
    /// His id in the lists; absent where it is not known whom it is about.
    pub person: Option<String>,
    /// The debt's id at the creditor.
    pub debt: Option<String>,
    pub creditor: Option<String>,
    pub attempt: Option<AttemptId>,
    pub opened_by: String,
    pub closed_at: Option<Timestamp>,
    /// Of a closed one: he was right.
    pub justified: Option<bool>,
}

impl CaseLine {
    /// When it presses: at its own deadline, or before it at the creditor's, for as long as he is silent.
    pub fn presses_at(&self) -> Timestamp {
        let asked = self.asked_due.filter(|_| self.creditor_says_owed.is_none());
        asked.map_or(self.due, |asked| asked.min(self.due))
    }

    /// The creditor was asked, has not answered, and his time is over.
    pub fn is_creditor_late(&self, now: Timestamp) -> bool {
        self.closed_at.is_none()
            && self.creditor_says_owed.is_none()
            && self.asked_due.is_some_and(|due| due <= now)
    }
}

/// Which cases are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Closed ones too.
    pub closed: bool,
    pub kind: Option<Kind>,
    pub owner: Option<String>,
}

impl CaseFilter {
    /// In the form of an address's query, for those who watch over who asks; empty: all that are open.
    pub fn said(&self) -> String {
        let parts = [
            self.kind.map(|kind| format!("kind={}", kind.code())),
            self.closed.then(|| "closed=on".to_owned()),
            self.owner.as_ref().map(|owner| format!("owner={owner}")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join("&")
    }
}

/// A case as its manager reads it.
#[derive(Clone, PartialEq, Eq)]
pub struct CaseFile {
    pub line: CaseLine,
    pub person: Option<PersonId>,
    pub name: Option<PersonName>,
    pub text: String,
    pub answer: Option<String>,
    pub measure: Option<String>,
    /// Holds of the case that are in force.
    pub holds: u64,
    /// What a dispute is about.
    pub debts: Vec<CaseDebt>,
    /// The oldest first.
    pub acts: Vec<CaseActRow>,
    /// The person's calls, the newest first.
    pub calls: Vec<CaseCall>,
    /// What others did to him by whatever channel, the newest first.
    pub contacts: Vec<CaseContact>,
    /// His other cases, the newest first.
    pub others: Vec<CaseLine>,
}

/// His words, our answer and the history are not in the debug form.
impl std::fmt::Debug for CaseFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseFile").field("line", &self.line).finish_non_exhaustive()
    }
}

/// A debt in dispute, by its id at the creditor.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CaseDebt {
    pub debt: String,
    pub creditor: String,
    /// What the creditor says. `None`: nothing yet.
    pub owed: Option<bool>,
}

/// An act in the history.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
pub struct CaseActRow {
    pub at: Timestamp,
    pub who: String,
    pub act: String,
    pub text: String,
}

/// Its words are not in the debug form.
impl std::fmt::Debug for CaseActRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseActRow").field("act", &self.act).finish_non_exhaustive()
    }
}

/// A contact that another system told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseContact {
    pub at: Timestamp,
    /// The ledger's code: `message`, `letter`, `visit`…
    pub kind: String,
    /// The channel's code: `sms`, `email`…
    pub channel: String,
    /// Which system told of it.
    pub source: String,
}

/// A call of the person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseCall {
    pub attempt: AttemptId,
    pub at: Timestamp,
    pub campaign: String,
    /// Absent while the call is open.
    pub outcome: Option<Outcome>,
    pub disposition: Option<Disposition>,
    /// The first agent who talked in it.
    pub agent: Option<String>,
    /// There is a recording to listen to.
    pub recorded: bool,
    /// Marks of the agent: somebody should listen to this.
    pub triggers: u64,
}
