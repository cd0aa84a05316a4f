//! What was last heard of each trunk beside calls: its registration and its probe.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::sip::{ProbeAnswer, RegistrationState};

/// What was last heard of one trunk.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub registration: Option<(Timestamp, RegistrationState)>,
    pub probe: Option<(Timestamp, ProbeAnswer)>,
    /// Somebody's probe is out.
    pub probing: bool,
    /// Its name had no address when it was asked for last: nothing leads there.
    pub nameless: bool,
}

/// Every trunk's, by name.
#[derive(Debug, Default)]
pub struct TrunkBook(Mutex<HashMap<Arc<str>, Seen>>);

impl TrunkBook {
    pub fn of(&self, trunk: &str) -> Seen {
        self.lock().get(trunk).cloned().unwrap_or_default()
    }

    pub fn registered(&self, trunk: &Arc<str>, state: RegistrationState, now: Timestamp) {
        self.lock().entry(Arc::clone(trunk)).or_default().registration = Some((now, state));
    }

    /// Whether the trunk's names have addresses.
    pub fn named(&self, trunk: &Arc<str>, found: bool) {
        self.lock().entry(Arc::clone(trunk)).or_default().nameless = !found;
    }

    /// A probe by hand begins. `false`: one is out.
    pub fn begin(&self, trunk: &Arc<str>) -> bool {
        !std::mem::replace(&mut self.lock().entry(Arc::clone(trunk)).or_default().probing, true)
    }

    /// A probe, by hand or by the clock, has its answer.
    pub fn probed(&self, trunk: &Arc<str>, answer: ProbeAnswer, now: Timestamp) {
        let mut all = self.lock();
        let seen = all.entry(Arc::clone(trunk)).or_default();
        (seen.probe, seen.probing) = (Some((now, answer)), false);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_an_address_is_remembered_until_it_has_one() {
        let (book, trunk) = (TrunkBook::default(), Arc::from("main"));
        assert!(!book.of("main").nameless, "nobody has asked yet");
        book.named(&trunk, false);
        assert!(book.of("main").nameless);
        book.named(&trunk, true);
        assert!(!book.of("main").nameless);
    }

    #[test]
    fn one_probe_by_hand_is_out_at_a_time() {
        let (book, trunk) = (TrunkBook::default(), Arc::from("main"));
        assert!(book.begin(&trunk) && !book.begin(&trunk) && book.of("main").probing);
        book.probed(&trunk, ProbeAnswer::Silent, Timestamp::UNIX_EPOCH);
        assert!(book.begin(&trunk) && book.of("main").probe.is_some() && book.of("other").probe.is_none());
    }
}
