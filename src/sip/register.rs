//! Registering with a trunk and staying registered (RFC 3261 section 10.2).

use std::time::Duration;

use super::TrunkTarget;
use crate::domain::attempt::FinalWord;

/// A registration to keep.
#[derive(Clone, Debug)]
pub struct RegisterPlan {
    pub trunk: TrunkTarget,
    /// The user part of the address of record.
    pub user: String,
    /// The time we ask for; the registrar's answer decides.
    pub expires: Duration,
}

/// Where a registration stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistrationState {
    /// Bound for `expires`; refreshed before that.
    Registered { expires: Duration },
    /// Refused; tried again after `retry_in`.
    Refused { word: FinalWord, retry_in: Duration },
    /// No answer or no way there; tried again after `retry_in`.
    Unreachable { why: String, retry_in: Duration },
}

/// A running registration. Dropping it stops the refreshing; [`Registration::close`] also unbinds.
#[derive(Debug)]
pub struct Registration {
    states: tokio::sync::watch::Receiver<Option<RegistrationState>>,
}

impl Registration {
    /// Waits for the next change of state; `None` when the stack has closed.
    pub async fn next_state(&mut self) -> Option<RegistrationState> {
        loop {
            self.states.changed().await.ok()?;
            if let Some(state) = self.states.borrow_and_update().clone() {
                return Some(state);
            }
        }
    }
}
