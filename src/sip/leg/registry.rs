//! Which leg a request inside a dialog belongs to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rsipstack::transaction::transaction::Transaction;
use tokio::sync::mpsc;

/// Requests waiting for one leg. They are boxed: the channel makes room for 32 at once, a kilobyte and more each.
const QUEUE: usize = 16;

/// The living legs by Call-ID.
#[derive(Clone, Debug, Default)]
pub(in crate::sip) struct Registry(Arc<Mutex<HashMap<String, mpsc::Sender<Box<Transaction>>>>>);

/// A leg's place in the registry, left when dropped.
#[derive(Debug)]
pub(in crate::sip) struct Seat {
    registry: Registry,
    call_id: String,
}

impl Registry {
    /// Takes a place; the receiver gets the dialog's requests.
    pub fn sit(&self, call_id: &str) -> (Seat, mpsc::Receiver<Box<Transaction>>) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        self.lock().insert(call_id.to_owned(), sender);
        (Seat { registry: self.clone(), call_id: call_id.to_owned() }, receiver)
    }

    /// As `sit`, unless the place is taken.
    pub fn try_sit(&self, call_id: &str) -> Option<(Seat, mpsc::Receiver<Box<Transaction>>)> {
        let taken = self.lock().contains_key(call_id);
        (!taken).then(|| self.sit(call_id))
    }

    /// Gives a request to its leg, or back: nobody has this Call-ID, or its leg is swamped.
    pub fn deliver(&self, call_id: &str, request: Box<Transaction>) -> Result<(), Box<Transaction>> {
        let sender = self.lock().get(call_id).cloned();
        match sender {
            Some(sender) => sender.try_send(request).map_err(mpsc::error::TrySendError::into_inner),
            None => Err(request),
        }
    }

    pub fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, mpsc::Sender<Box<Transaction>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.registry.lock().remove(&self.call_id);
    }
}
