//! What the pacer is told before it begins.

use std::time::Duration;

use super::super::budget::Cap;

/// The campaign as its pacer sees it.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Agents on the roster.
    pub agents: u32,
    pub cap: Cap,
    /// How soon an agent must be on the line after `clock`.
    pub deadline: Duration,
    pub clock: Clock,
    /// Most calls at once, talking ones included.
    pub max_lines: u32,
    /// Starts a second; a second's worth may leave together.
    pub starts_per_second: f64,
    /// The day from its beginning to its end.
    pub shift: Duration,
    /// No call is started in this last part of the shift.
    pub stop_before_end: Duration,
    /// With fewer agents logged in, calls wait for agents: one call for one who is ready.
    pub predictive_from: u32,
}

/// With this many agents and more, prediction gains more than it risks.
pub const PREDICTIVE_FROM: u32 = 3;

/// What the deadline counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The moment the person picked up.
    Answer,
    /// The end of a greeting that begins with the verdict and lasts so long.
    GreetingEnd(Duration),
    /// The verdict that a person answered.
    Verdict,
}
