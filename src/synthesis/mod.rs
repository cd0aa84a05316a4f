//! Speech engines and the sentences they have said: names, made before the campaign dials. Floor 3; the only place that runs
//! an engine.
//!
//! In: an [`EnginePlan`](crate::speech::EnginePlan) and texts. Out: clips in a [`SentenceCache`], under names that tell
//! nothing. Everything here blocks, so it is called from threads that may wait, and never while somebody listens.

mod cache;
mod command;
mod engine;
mod fault;
mod http;
mod prepare;

pub use cache::{LONGEST_SENTENCE, SentenceCache, Swept};
pub use engine::synthesise;
pub use fault::EngineFault;
pub use prepare::{Prepared, prepare};
