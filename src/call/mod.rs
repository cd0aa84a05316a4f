//! One call as a state machine: signalling, detector, flow and identity in; what to do, and what came of it, out.
//! Floor 2, sans-IO.

mod input;
mod journal;
mod plan;
mod state;
mod timers;

pub use input::{Input, Output, StopReason};
pub use plan::{CallLimits, CallPlan};
pub use state::Call;
