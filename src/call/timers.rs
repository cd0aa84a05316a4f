//! Every reason to wake has a name.

use std::collections::BTreeMap;
use std::time::Instant;

/// Why a call asks to be woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// No agent came.
    Agent,
    /// Our CANCEL or BYE went unanswered.
    Farewell,
    /// Nothing rang.
    NoRing,
    /// Nobody answered.
    Ring,
    /// The recording has been silent for long enough.
    Silence,
    /// What was said last has been heard by now.
    Tail,
    /// The call lasts too long.
    Talk,
    /// Nothing tells whether a person answered.
    Verdict,
}

/// The timers that are set.
#[derive(Debug, Default)]
pub struct Timers(BTreeMap<Timer, Instant>);

impl Timers {
    pub fn set(&mut self, timer: Timer, at: Instant) {
        self.0.insert(timer, at);
    }

    pub fn is_set(&self, timer: Timer) -> bool {
        self.0.contains_key(&timer)
    }

    pub fn clear(&mut self, timer: Timer) {
        self.0.remove(&timer);
    }

    pub fn clear_all(&mut self) {
        self.0.clear();
    }

    /// The earliest moment a timer is due.
    pub fn next(&self) -> Option<Instant> {
        self.0.values().min().copied()
    }

    /// Takes the earliest timer that is due, if any.
    pub fn pop_due(&mut self, now: Instant) -> Option<Timer> {
        let due = self.0.iter().filter(|(_, at)| **at <= now);
        let (&timer, _) = due.min_by_key(|(_, at)| **at)?;
        self.0.remove(&timer);
        Some(timer)
    }
}
