//! One call as a state machine: signalling, detector, flow, identity and agents in; what to do, and what came of it,
//! out. Floor 2, sans-IO.

mod desk;
mod input;
mod journal;
mod party;
mod plan;
mod speak;
mod state;
#[cfg(test)]
mod tests;
mod timers;

pub use input::{Input, Output, StopReason};
pub use party::{Desk, Seat, Whom, Wiring, WishNo};
pub use plan::{AgentPlan, CallLimits, CallPlan};
pub use state::Call;
