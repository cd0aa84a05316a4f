//! Many sentences, by a few workers.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use super::{EngineFault, LONGEST_SENTENCE, SentenceCache, synthesise};
use crate::speech::EnginePlan;
use crate::speech::sound::RATE;

/// What came of the sentences.
#[derive(Debug, Default)]
pub struct Prepared {
    /// Said now.
    pub made: u64,
    /// The engine gave no sound for these; the wording without the name is said.
    pub failed: u64,
    /// Not tried: the engine had failed too often in a row.
    pub left: u64,
    /// The first failure, for whoever has to mend it.
    pub fault: Option<EngineFault>,
}

/// An engine that fails so often in a row is down, and nobody waits for thousands of time-outs.
const GIVE_UP_AFTER: u32 = 5;

/// The sound, unless it is longer than the sentence could be.
fn of_a_sentence(samples: Vec<i16>) -> Result<Vec<i16>, EngineFault> {
    let lasts = Duration::from_millis(samples.len() as u64 * 1000 / u64::from(RATE));
    if lasts > LONGEST_SENTENCE { Err(EngineFault::TooLong(lasts)) } else { Ok(samples) }
}

/// Has every sentence of `texts` said and keeps it. `told` is called after each one; it may say that this is enough. Blocks.
///
/// # Errors
/// When the disk does not take a sentence.
pub fn prepare(
    plan: &EnginePlan,
    texts: Vec<String>,
    cache: &SentenceCache,
    mut told: impl FnMut() -> ControlFlow<()>,
) -> std::io::Result<Prepared> {
    let mut prepared = Prepared::default();
    let count = texts.len() as u64;
    let queue = Mutex::new(texts.into_iter());
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let (tell, results) = mpsc::channel();
        for _ in 0..plan.workers {
            let (tell, queue, stop) = (tell.clone(), &queue, &stop);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let Some(text) = queue.lock().unwrap_or_else(PoisonError::into_inner).next() else {
                        return;
                    };
                    let said = synthesise(plan, &text).and_then(of_a_sentence);
                    if tell.send((plan.clip(&text), said)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(tell);
        let mut in_a_row = 0;
        let mut kept = Ok(());
        for (clip, said) in results {
            match said.map(|samples| cache.keep(&clip, &samples)) {
                Ok(Ok(())) => {
                    prepared.made += 1;
                    in_a_row = 0;
                }
                Ok(Err(fault)) => kept = Err(fault),
                Err(fault) => {
                    prepared.failed += 1;
                    in_a_row += 1;
                    prepared.fault.get_or_insert(fault);
                }
            }
            let enough = told().is_break();
            if enough || kept.is_err() || in_a_row >= GIVE_UP_AFTER {
                stop.store(true, Ordering::Relaxed);
            }
        }
        kept
    })?;
    prepared.left = count - prepared.made - prepared.failed;
    Ok(prepared)
}
