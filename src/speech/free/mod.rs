//! Free text: sentences with a name in them, which a speech engine says beforehand, whole, in one voice.

mod engine;
mod name;
mod sentence;

pub use engine::{EnginePlan, EngineWay, HttpAddress};
pub use name::readable_name;
pub use sentence::name_sentences;
pub(super) use sentence::sentences;
