//! Why an engine did not say a sentence.

use std::time::Duration;

use super::LONGEST_SENTENCE;
use crate::speech::sound::NoSound;

/// Why an engine did not say a sentence. The text holds nothing that the engine wrote: it may have repeated the name.
#[derive(Debug, thiserror::Error)]
pub enum EngineFault {
    #[error("the engine's server answered with status {0}")]
    Answer(u16),
    #[error("speaking with the engine's server")]
    Http { source: reqwest::Error },
    #[error("the engine gave no sound")]
    Sound { source: NoSound },
    #[error("starting the engine {program:?}")]
    Start { program: String, source: std::io::Error },
    #[error("the engine ended with {0}")]
    Status(std::process::ExitStatus),
    #[error("speaking with the engine")]
    Talk { source: std::io::Error },
    #[error("the engine made a sentence of {0:.0?}: one longer than {limit:?} is not played", limit = LONGEST_SENTENCE)]
    TooLong(Duration),
    #[error("the engine said nothing within {0:?}")]
    TimeOut(Duration),
    #[error("the engine gave more than {0} MB")]
    TooMuch(u64),
}
