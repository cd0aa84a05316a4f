//! What is kept of one dial.

use jiff::Timestamp;

use super::verdict::{Heard, Noted, Verdict};
use super::{Channel, Disposition, Grade, Outcome};

/// The moments of an attempt, in the order of a call's life; what did not happen is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamps {
    pub invite: Option<Timestamp>,
    pub trying: Option<Timestamp>,
    pub ringing: Option<Timestamp>,
    pub early_media: Option<Timestamp>,
    pub answer: Option<Timestamp>,
    pub first_audio: Option<Timestamp>,
    pub first_key: Option<Timestamp>,
    pub end: Option<Timestamp>,
}

/// Which side ended the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HungUpBy {
    Callee,
    Network,
    Us,
}

impl HungUpBy {
    pub fn code(self) -> &'static str {
        match self {
            Self::Callee => "callee",
            Self::Network => "network",
            Self::Us => "us",
        }
    }
}

/// The signalling's last word: SIP code, its reason phrase, and the Q.850 cause (RFC 3326).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FinalWord {
    pub sip_code: Option<u16>,
    pub reason: Option<String>,
    pub q850: Option<u8>,
}

/// What came of an attempt, ready to be written in the finish transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    pub outcome: Outcome,
    pub disposition: Option<Disposition>,
    pub grades: Vec<Grade>,
    /// `AgentCall`, `Ivr` or `Voicemail`: how the person was reached in the end.
    pub channel: Channel,
    pub stamps: Stamps,
    pub last_word: FinalWord,
    pub hung_up_by: HungUpBy,
    /// Share of the prompts' audio that was sent, in percent; absent when nothing was to be played.
    pub heard_percent: Option<u8>,
    /// The keys in order; digits that tell nothing about the debtor only (`#` for each of an entered number).
    pub keys: String,
    /// The steps of the flow gone through, each with when it was entered.
    pub trail: Vec<(Timestamp, String)>,
    /// What the detector told, in order.
    pub heard: Vec<Noted>,
    /// The date promised, when the disposition is a promise.
    pub promised_on: Option<jiff::civil::Date>,
    /// The right person said who he is.
    pub identified: bool,
}

impl Finished {
    /// A fax or the network itself answered the call, by its tones or an announcement. A busy tone proves neither: some gateways tell
    /// by it that a person has hung up.
    pub fn was_answered_by_the_line(&self) -> bool {
        self.heard.iter().filter(|noted| !noted.early).any(|noted| {
            matches!(
                noted.heard,
                Heard::Announced { .. } | Heard::Verdict { verdict: Verdict::Fax | Verdict::Sit, .. }
            )
        })
    }

    /// An attempt of which nothing is known but its outcome: its INVITE never left, or a crash cut it off.
    pub fn untold(outcome: Outcome) -> Self {
        Self {
            outcome,
            disposition: None,
            grades: Vec::new(),
            channel: Channel::Ivr,
            stamps: Stamps::default(),
            last_word: FinalWord::default(),
            hung_up_by: HungUpBy::Us,
            heard_percent: None,
            keys: String::new(),
            trail: Vec::new(),
            heard: Vec::new(),
            promised_on: None,
            identified: false,
        }
    }
}
