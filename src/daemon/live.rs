//! The calls that are up, and how to take one back.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use crate::call::{Desk, StopReason};
use crate::domain::AttemptId;

/// Every live call of this node by its attempt.
#[derive(Debug, Default)]
pub struct Live(Mutex<HashMap<AttemptId, mpsc::Sender<Word>>>);

/// What is said to a live call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// Its agent wants something.
    Desk(Desk),
    /// The house takes it back.
    Stop(StopReason),
}

impl Live {
    /// Enters a call; it leaves when the guard is dropped.
    pub fn enter(&self, attempt: AttemptId) -> (Here<'_>, mpsc::Receiver<Word>) {
        let (stop, stopped) = mpsc::channel(WORDS);
        self.lock().insert(attempt, stop);
        (Here { live: self, attempt }, stopped)
    }

    /// Takes a call back. `false`: it is not up here. A call that has a queue of words already has been told.
    pub fn stop(&self, attempt: AttemptId, why: StopReason) -> bool {
        self.lock().get(&attempt).map(|call| call.try_send(Word::Stop(why)).ok()).is_some()
    }

    /// Tells a call what its agent wants. `false`: it is not up here, or does not keep up.
    pub fn desk(&self, attempt: AttemptId, wish: Desk) -> bool {
        self.lock().get(&attempt).is_some_and(|call| call.try_send(Word::Desk(wish)).is_ok())
    }

    /// Takes every call back.
    pub fn stop_all(&self, why: StopReason) {
        for call in self.lock().values() {
            call.try_send(Word::Stop(why)).ok();
        }
    }

    pub fn count(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AttemptId, mpsc::Sender<Word>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Words a call may have waiting; it takes them at once.
const WORDS: usize = 8;

/// A call's presence among the live ones.
#[derive(Debug)]
pub struct Here<'a> {
    live: &'a Live,
    attempt: AttemptId,
}

impl Drop for Here<'_> {
    fn drop(&mut self) {
        self.live.lock().remove(&self.attempt);
    }
}
