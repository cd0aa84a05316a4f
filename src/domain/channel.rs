//! Channels: the ways to reach a debtor.

use serde::{Deserialize, Serialize};

/// A way to reach a debtor. The first four are ours; the rest are recorded from outside.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Ivr,
    AgentCall,
    Voicemail,
    InboundCall,
    Sms,
    Email,
    Letter,
    Messenger,
    Visit,
    Video,
}

impl Channel {
    pub const ALL: [Self; 10] = [
        Self::Ivr,
        Self::AgentCall,
        Self::Voicemail,
        Self::InboundCall,
        Self::Sms,
        Self::Email,
        Self::Letter,
        Self::Messenger,
        Self::Visit,
        Self::Video,
    ];

    /// A call of ours or to us; the others are used by other systems, which tell us.
    pub fn is_ours(self) -> bool {
        matches!(self, Self::AgentCall | Self::InboundCall | Self::Ivr | Self::Voicemail)
    }

    /// The code in files and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::AgentCall => "agent_call",
            Self::Email => "email",
            Self::InboundCall => "inbound_call",
            Self::Ivr => "ivr",
            Self::Letter => "letter",
            Self::Messenger => "messenger",
            Self::Sms => "sms",
            Self::Video => "video",
            Self::Visit => "visit",
            Self::Voicemail => "voicemail",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }
}
