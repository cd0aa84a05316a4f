//! The calls that are up, and how to take one back.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use crate::call::StopReason;
use crate::domain::AttemptId;

/// Every live call of this node by its attempt.
#[derive(Debug, Default)]
pub struct Live(Mutex<HashMap<AttemptId, mpsc::Sender<StopReason>>>);

impl Live {
    /// Enters a call; it leaves when the guard is dropped.
    pub fn enter(&self, attempt: AttemptId) -> (Here<'_>, mpsc::Receiver<StopReason>) {
        let (stop, stopped) = mpsc::channel(4);
        self.lock().insert(attempt, stop);
        (Here { live: self, attempt }, stopped)
    }

    /// Takes a call back. `false`: it is not up here. A call that has been told four times already is told.
    pub fn stop(&self, attempt: AttemptId, why: StopReason) -> bool {
        self.lock().get(&attempt).map(|call| call.try_send(why).ok()).is_some()
    }

    /// Takes every call back.
    pub fn stop_all(&self, why: StopReason) {
        for call in self.lock().values() {
            call.try_send(why).ok();
        }
    }

    pub fn count(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AttemptId, mpsc::Sender<StopReason>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

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
