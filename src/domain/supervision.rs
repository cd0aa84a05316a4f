//! What a supervisor does in an agent's talk.

/// What a supervisor does in a talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supervision {
    /// He is heard by nobody.
    Listen,
    /// The agent hears him.
    Whisper,
    /// Agent and debtor hear him.
    Barge,
    /// He takes the agent's place.
    TakeOver,
}

impl Supervision {
    pub const ALL: [Self; 4] = [Self::Listen, Self::Whisper, Self::Barge, Self::TakeOver];

    /// The code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Listen => "listen",
            Self::Whisper => "whisper",
            Self::Barge => "barge",
            Self::TakeOver => "take_over",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.code() == code)
    }
}
