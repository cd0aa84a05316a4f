//! Amounts, dates and names as words and as clip lists, per language. Floor 1, sans-IO.
//!
//! In: an `Utterance` (words and typed slots) and a `Pack` (which texts have been recorded). Out: the text and the
//! clips that say it. Both come from the same words, so the sound, the transcript, the screen and the log agree.
//! The grammars write words; the cover finds the fewest clips that say them. A sentence with a name is said whole by a speech
//! engine beforehand (`free`); `sound` makes such sound, and a speaker's recordings, fit for the telephone.

mod clip;
mod cover;
mod english;
mod free;
mod inventory;
mod pack;
mod phone_groups;
mod pieces;
mod reading;
mod russian;
pub mod sound;
mod speak;
mod unspeakable;

/// The largest sum that words are found for, in minor units.
pub const LARGEST_SUM: i64 = 99_999_999_999_999;

pub use clip::{ClipId, Intonation};
pub use free::{EnginePlan, EngineWay, HttpAddress, name_sentences, readable_name};
pub use inventory::{Fragment, slot_compounds, slot_fragments, text_fragments};
pub use pack::{Pack, PackFault};
pub use pieces::plain;
pub use reading::near_dates;
pub use speak::{Spoken, speak, speak_prepared, text};
pub use unspeakable::Unspeakable;
