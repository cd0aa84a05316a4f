//! Amounts, dates and names as words and as clip lists, per language. Floor 1, sans-IO.
//!
//! In: an `Utterance` (words and typed slots) and a `Pack` (which texts have been recorded). Out: the text and the
//! clips that say it. Both come from the same words, so the sound, the transcript, the screen and the log agree.

mod clip;
mod pack;
mod speak;
mod unspeakable;

pub use clip::{ClipId, Intonation};
pub use pack::{Pack, PackFault};
pub use speak::{Spoken, near_dates, speak, text};
pub use unspeakable::Unspeakable;
