//! What the debtor did in an answered call.

use serde::{Deserialize, Serialize};

/// What the debtor did; the outcome a flow step or an agent sets.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// "I have paid already."
    AlreadyPaid,
    /// "I am bankrupt."
    BankruptcyClaimed,
    /// A call at an agreed time.
    CallbackBooked,
    /// Talked to an agent.
    Connected,
    /// We or the network ended the talk before he did anything that counts: it tells nothing of him.
    CutOff,
    /// "I do not owe this."
    Dispute,
    /// Hung up before he did anything that counts.
    HungUp,
    /// Asked for a way to pay.
    LinkSent,
    /// Never said who he is.
    NotIdentified,
    /// Asked for a person; nobody may have been free.
    OperatorAsked,
    PromiseToPay,
    /// Will not pay, or will not promise.
    Refused,
    /// Heard the reminder to its end and said nothing more.
    Reminded,
    /// Asked never to be called so again.
    StopRequested,
    VoicemailLeft,
    WrongPerson,
}

impl Disposition {
    pub const ALL: [Self; 16] = [
        Self::AlreadyPaid,
        Self::BankruptcyClaimed,
        Self::CallbackBooked,
        Self::Connected,
        Self::CutOff,
        Self::Dispute,
        Self::HungUp,
        Self::LinkSent,
        Self::NotIdentified,
        Self::OperatorAsked,
        Self::PromiseToPay,
        Self::Refused,
        Self::Reminded,
        Self::StopRequested,
        Self::VoicemailLeft,
        Self::WrongPerson,
    ];

    /// The code in files and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::AlreadyPaid => "already_paid",
            Self::BankruptcyClaimed => "bankruptcy_claimed",
            Self::CallbackBooked => "callback_booked",
            Self::Connected => "connected",
            Self::CutOff => "cut_off",
            Self::Dispute => "dispute",
            Self::HungUp => "hung_up",
            Self::LinkSent => "link_sent",
            Self::NotIdentified => "not_identified",
            Self::OperatorAsked => "operator_asked",
            Self::PromiseToPay => "promise_to_pay",
            Self::Refused => "refused",
            Self::Reminded => "reminded",
            Self::StopRequested => "stop_requested",
            Self::VoicemailLeft => "voicemail_left",
            Self::WrongPerson => "wrong_person",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.code() == code)
    }
}
