//! Decides: every rule's verdict, and the least time at which all pass.

use jiff::Timestamp;

use super::{Calendars, Decision, Facts, History, Preset};

/// Decides whether the contact asked for may happen at `now`.
pub fn decide(
    _preset: &Preset,
    _calendars: &Calendars,
    _facts: &Facts,
    _history: &History,
    _now: Timestamp,
) -> Decision {
    unreachable!("lands next")
}
