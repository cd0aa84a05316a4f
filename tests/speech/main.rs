//! What is said, against readings made elsewhere; and that the shipped packs can say it.

mod golden;
mod packs;

use obzvon::domain::{Language, Part, Utterance};
use obzvon::speech;

/// The parts as text.
fn said(language: Language, parts: Vec<Part>) -> String {
    speech::text(&Utterance { language, parts }).expect("a reading")
}

fn words(text: &str) -> Part {
    Part::Words(text.to_owned())
}
