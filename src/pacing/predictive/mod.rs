//! Predictive dialling: the chance that an answered person finds no agent is bounded for every call started.

mod agents;
mod balance;
mod calls;
#[cfg(test)]
mod first_hour;
mod input;
mod learn;
mod lessons;
mod outlook;
mod pacer;
mod plan;
mod why;

pub use input::{AgentNumber, CallNumber, End, Input};
pub use lessons::Lessons;
pub use pacer::Pacer;
pub use plan::{Clock, PREDICTIVE_FROM, Plan};
pub use why::{Decision, Mode, Why};
