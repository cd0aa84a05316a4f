//! A decision and what it rests on, for the wallboard and the log.

use std::time::Instant;

use serde::Serialize;

/// Calls to start now, and when to ask again if nothing happens before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    pub dial: usize,
    pub wake: Instant,
    pub why: Why,
}

/// The inputs of one decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Why {
    pub mode: Mode,
    pub ready: usize,
    pub talking: usize,
    pub logged_in: usize,
    /// Those of `logged_in` who are neither away nor in a wrap-up past its limit.
    pub at_hand: usize,
    /// Calls out that no agent has, those of `waiting` included.
    pub calls_out: usize,
    /// People who answered and wait for an agent.
    pub waiting: usize,
    /// Starts the lines permit now.
    pub room: usize,
    /// Chance that a dial is answered by a person.
    pub answer_rate: f64,
    /// Chance that one more person finds nobody: with the calls out, and the highest accepted.
    pub risk: f64,
    pub accepted: f64,
    /// People who may still be abandoned in the window, and answers expected in the shift.
    pub spendable: f64,
    pub expected: f64,
}

/// How calls are dialled now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A row of faults: none, or one to ask whether they are over.
    Faulty,
    Predictive,
    /// One call for one ready agent.
    Progressive,
    /// Nobody is at hand, or the shift is over.
    #[default]
    Resting,
}
