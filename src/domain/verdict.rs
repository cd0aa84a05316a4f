//! What the detector may say of the sound it hears.

use super::Announcement;

/// Who or what is on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    Busy,
    Congestion,
    Fax,
    Human,
    Machine,
    Music,
    Ringback,
    Silence,
    /// Special information tones or an operator's announcement.
    Sit,
    Unsure,
}

impl Verdict {
    /// The code in files and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Congestion => "congestion",
            Self::Fax => "fax",
            Self::Human => "human",
            Self::Machine => "machine",
            Self::Music => "music",
            Self::Ringback => "ringback",
            Self::Silence => "silence",
            Self::Sit => "sit",
            Self::Unsure => "unsure",
        }
    }
}

/// What the detector reports, in order of media time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Heard {
    /// An operator's announcement that the library holds was known again.
    Announced { says: Announcement, at_ms: u32 },
    /// A steady tone of an answering machine has begun.
    BeepStarted { at_ms: u32 },
    /// It has ended: now a message may be left.
    BeepEnded { at_ms: u32 },
    /// The machine that spoke has been silent for some seconds: a message may be left without a beep.
    FellSilent { at_ms: u32 },
    /// It had only paused: its greeting goes on, and a message over it is lost.
    SpokeAgain { at_ms: u32 },
    /// A verdict, which a later one may revise. `confidence` is in 0..=1.
    Verdict { verdict: Verdict, at_ms: u32, confidence: f32 },
}
