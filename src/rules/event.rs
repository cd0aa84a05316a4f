//! The ledger's entries: what happened between us and a person. Append-only; a mistake is corrected by a new event.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::coded::coded;
use super::facts::{DialMode, Phone, WayKind};

use crate::domain::{AttemptId, DebtId, EventId, PersonId, PhoneNumber};

coded! {
    /// What happened. The raw fact: each rule says for itself which kinds it counts.
    EventKind {
        /// Reserved, outcome unknown. A renewal of the lease is another event of this kind.
        InFlight = "in_flight",
        /// Never reached the called line: busy, not in service, network failure before ringing.
        AttemptUnconnected = "attempt_unconnected",
        /// Rang, and nobody took it, or the callee declined.
        AttemptNoAnswer = "attempt_no_answer",
        /// A machine or network voicemail was reached, with or without a message.
        Voicemail = "voicemail",
        /// Our detector took it for a machine and hung up; logged beside `Voicemail`.
        AmdDisconnect = "amd_disconnect",
        /// A person answered, and it ended before identity and disclosures.
        AnsweredUnknown = "answered_unknown",
        /// A person answered and nothing was served in time.
        Abandoned = "abandoned",
        /// Someone else answered.
        ThirdParty = "third_party",
        /// The right person, disclosures given.
        Conversation = "conversation",
        /// The person called us and talked.
        InboundConversation = "inbound_conversation",
        /// Text, messenger, e-mail or a one-way voice message was accepted for delivery.
        Message = "message",
        /// A paper letter.
        Letter = "letter",
        /// A personal meeting.
        Visit = "visit",
    }
}

coded! {
    /// Who spoke for us. Kept as proof; the law counts both alike.
    Agent {
        Human = "human",
        Robot = "robot",
    }
}

/// A telephone number as a key: the digits of its E.164 form. Hidden in logs like the number itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhoneKey(u64);

impl PhoneKey {
    /// `digits` of an E.164 number (at most 15).
    pub fn new(digits: u64) -> Self {
        Self(digits)
    }

    /// The digits, for the database.
    pub fn digits(self) -> u64 {
        self.0
    }
}

impl From<&PhoneNumber> for PhoneKey {
    fn from(number: &PhoneNumber) -> Self {
        Self(number.digits().bytes().fold(0, |key, digit| key * 10 + u64::from(digit - b'0')))
    }
}

impl fmt::Debug for PhoneKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+…{:02}", self.0 % 100)
    }
}

/// The exact channel, such as `call`, `sms`, `whatsapp`, `email`: told apart by channel locks only.
pub type ExactChannel = Cow<'static, str>;

/// The exact channels there are: those of an import, of the API and of the command line.
pub const EXACT_CHANNELS: [&str; 12] = [
    "call", "email", "letter", "max", "push", "sms", "telegram", "viber", "video", "visit", "voice",
    "whatsapp",
];

/// One entry of the ledger. What is not known is absent, and counts as if it matched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Event {
    /// When it happened: for a dial, the moment of its reservation.
    pub at: Timestamp,
    pub id: EventId,
    pub kind: EventKind,
    pub person: PersonId,
    /// The debt, or the debt that stands for its group.
    pub debt: Option<DebtId>,
    /// Whom the debt is owed to, as the lists name it.
    pub creditor: Option<String>,
    pub phone: Option<Phone>,
    pub dial_mode: DialMode,
    pub channel_exact: ExactChannel,
    pub agent: Option<Agent>,
    /// Made under a consent that takes it out of the counts that honour this.
    pub excluded: bool,
    /// The dial it belongs to. An outcome with the same attempt ends `InFlight`.
    pub attempt: Option<AttemptId>,
    /// The event this one replaces.
    pub corrects: Option<EventId>,
}

impl Event {
    /// An event of `kind` with everything else unknown or usual; callers fill in what they know.
    pub fn new(id: EventId, at: Timestamp, kind: EventKind, person: PersonId) -> Self {
        Self {
            at,
            id,
            kind,
            person,
            debt: None,
            creditor: None,
            phone: None,
            dial_mode: DialMode::Predictive,
            channel_exact: Cow::Borrowed(usual_channel(kind)),
            agent: None,
            excluded: false,
            attempt: None,
            corrects: None,
        }
    }
}

/// The exact channel of an event that does not tell it.
fn usual_channel(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Letter => "letter",
        EventKind::Message => WayKind::Message.usual_exact(),
        EventKind::Visit => "visit",
        EventKind::Abandoned
        | EventKind::AmdDisconnect
        | EventKind::AnsweredUnknown
        | EventKind::AttemptNoAnswer
        | EventKind::AttemptUnconnected
        | EventKind::Conversation
        | EventKind::InFlight
        | EventKind::InboundConversation
        | EventKind::ThirdParty
        | EventKind::Voicemail => WayKind::Call.usual_exact(),
    }
}
