//! What is asked: whom to contact, about what, in which way, and where that person's clocks stand.

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::coded::coded;
use super::event::{ExactChannel, PhoneKey};
use super::preset::RuleId;
use super::zone::ZoneSet;

use crate::domain::{DebtId, PersonId};

coded! {
    /// Whether a contact is a telephone call or a message over a network.
    WayKind {
        Call = "call",
        Message = "message",
    }
}

impl WayKind {
    /// The exact channel of an event that does not tell it.
    pub fn usual_exact(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Message => "sms",
        }
    }
}

coded! {
    /// How a call is placed.
    DialMode {
        /// By overdialling: an agent is likely, not certain.
        Predictive = "predictive",
        /// A recorded, synthetic or AI voice speaks.
        Prerecorded = "prerecorded",
        /// An agent is reserved for this very call.
        AgentGuaranteed = "agent_guaranteed",
    }
}

coded! {
    /// What kind of telephone it is. `Unknown` counts as every kind.
    PhoneType {
        Mobile = "mobile",
        Residential = "residential",
        Unknown = "unknown",
        Work = "work",
    }
}

coded! {
    /// Who is contacted, seen from the debt.
    Relation {
        Debtor = "debtor",
        Representative = "representative",
        ThirdParty = "third_party",
    }
}

coded! {
    /// What is known of the number shown to the callee.
    CliStatus {
        /// Allocated by contract to the creditor or its representative.
        Allocated = "allocated",
        NotAllocated = "not_allocated",
        Unknown = "unknown",
        Withheld = "withheld",
    }
}

/// A telephone: its number as a key, and its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Phone {
    pub number: PhoneKey,
    pub kind: PhoneType,
}

/// The way of contact asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    pub kind: WayKind,
    pub exact: ExactChannel,
    pub dial_mode: DialMode,
}

impl Way {
    /// A telephone call placed in `dial_mode`.
    pub fn call(dial_mode: DialMode) -> Self {
        Self { kind: WayKind::Call, exact: WayKind::Call.usual_exact().into(), dial_mode }
    }
}

/// A range of local time of day in which the person does not want to be contacted, half-open. When `to` is not
/// after `from` it runs over midnight; an absent end is midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalRange {
    pub from: Time,
    pub to: Option<Time>,
}

/// A campaign's answered calls in a period that ends now: the ratio's numerator is `abandoned`, its denominator
/// `abandoned + live_connected`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The period counted; absent: whichever a rule asks for.
    pub period: Option<SignedDuration>,
    /// Answered by a person, and nothing served in time.
    pub abandoned: u64,
    /// Answered by a person and served.
    pub live_connected: u64,
}

/// Another limit for one rule and this person, by a signed agreement or an approved exception.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    pub rule: RuleId,
    pub limit: u32,
    /// The document behind it.
    pub evidence: String,
    /// Absent: since ever.
    pub from: Option<Timestamp>,
    /// Absent: until withdrawn.
    pub until: Option<Timestamp>,
}

impl Override {
    /// It sets the limit at `at`.
    pub fn in_force(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// A request for contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub person: PersonId,
    /// The debt, or the debt that stands for its group (one rule knows them as one debt).
    pub debt: DebtId,
    /// Whom the debt is owed to, as the lists name it.
    pub creditor: String,
    pub phone: Phone,
    pub relation: Relation,
    pub way: Way,
    pub caller_id: CliStatus,
    /// A rule must hold in every zone of the set.
    pub zones: ZoneSet,
    pub blocked: Vec<LocalRange>,
    /// The campaign's tallies; a ratio rule whose period is not among them denies.
    pub tallies: Vec<Tally>,
    pub overrides: Vec<Override>,
}
