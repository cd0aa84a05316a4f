//! Amounts, dates and names as words and as clip lists, per language. Floor 1, sans-IO.
//!
//! In: an `Utterance` (words and typed slots) and a `Pack` (which texts have been recorded). Out: the text and the
//! clips that say it. Both come from the same words, so the sound, the transcript, the screen and the log agree.
//! The grammars write words; the cover finds the fewest clips that say them.

mod clip;
mod cover;
mod english;
mod inventory;
mod pack;
mod phone_groups;
mod pieces;
mod reading;
mod russian;
mod speak;
mod unspeakable;

pub use clip::{ClipId, Intonation};
pub use inventory::{Fragment, slot_compounds, slot_fragments, text_fragments};
pub use pack::{Pack, PackFault};
pub use pieces::plain;
pub use reading::near_dates;
pub use speak::{Spoken, speak, text};
pub use unspeakable::Unspeakable;
