//! What the detector may say of the sound it hears.

use serde::Serialize;

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

/// Which of the detector's ears came to a verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ear {
    /// An announcement of the library.
    Announcement,
    /// A beep, which people do not make.
    Beep,
    Music,
    /// The timing and the voice of what is said, or that nothing is.
    #[default]
    Speech,
    /// The rhythm of the network's tones, or a fax's.
    Tones,
}

/// What a verdict rested on, as it stood then. Times in ms; what was not heard is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Features {
    pub by: Ear,
    /// When the first word began, from the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_word_ms: Option<u32>,
    /// How long the first utterance was; pauses below 0.3 s belong to an utterance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_utterance_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_utterance_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub utterances: Option<u32>,
    /// All speech so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speech_ms: Option<u32>,
    /// The longest pause between two utterances.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longest_pause_ms: Option<u32>,
    /// The quiet since the last word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause_ms: Option<u32>,
    /// How likely what sounded was music, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub music_percent: Option<u8>,
    /// How slowly the spectrum changed, in thousandths: below 108 stands as still as music.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_permille: Option<u32>,
    /// The pitch of the last tone, of two the lower, in Hz.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tone_hz: Option<u32>,
    /// How long it sounded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tone_ms: Option<u32>,
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
    Verdict { verdict: Verdict, at_ms: u32, confidence: f32, features: Features },
}

impl Heard {
    /// The code of what was heard, in files and the database.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Announced { .. } => "announcement",
            Self::BeepEnded { .. } => "beep_end",
            Self::BeepStarted { .. } => "beep_start",
            Self::FellSilent { .. } => "fell_silent",
            Self::SpokeAgain { .. } => "spoke_again",
            Self::Verdict { .. } => "verdict",
        }
    }

    /// Which verdict, or what an announcement says.
    pub fn says(&self) -> Option<&'static str> {
        match self {
            Self::Announced { says, .. } => Some(says.code()),
            Self::Verdict { verdict, .. } => Some(verdict.code()),
            Self::BeepEnded { .. } | Self::BeepStarted { .. } => None,
            Self::FellSilent { .. } | Self::SpokeAgain { .. } => None,
        }
    }

    /// Media time: from the answer, or before it from the first sound on.
    pub fn at_ms(&self) -> u32 {
        match *self {
            Self::Announced { at_ms, .. }
            | Self::BeepEnded { at_ms }
            | Self::BeepStarted { at_ms }
            | Self::FellSilent { at_ms }
            | Self::SpokeAgain { at_ms }
            | Self::Verdict { at_ms, .. } => at_ms,
        }
    }
}

/// What was heard of a call, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noted {
    /// Before the answer.
    pub early: bool,
    pub heard: Heard,
}
