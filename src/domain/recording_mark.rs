//! Where a recording was silenced for card data, and why it went on.

/// A turn of a recording between silence and sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingMark {
    /// Silence is recorded from now on.
    Paused,
    /// Sound again, as the agent said.
    Resumed,
    /// Sound again, for the pause's time was over.
    RanOut,
    /// Sound again, for the agent who paused it has left.
    AgentLeft,
}

impl RecordingMark {
    pub const ALL: [Self; 4] = [Self::Paused, Self::Resumed, Self::RanOut, Self::AgentLeft];

    /// The code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::RanOut => "ran_out",
            Self::AgentLeft => "agent_left",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mark| mark.code() == code)
    }

    /// Whether what is said from here on is in the file.
    pub fn sounds(self) -> bool {
        self != Self::Paused
    }
}
