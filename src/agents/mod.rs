//! Live agents: who is there, what each of them does, and who takes the next call.
//!
//! In go a [`Plan`], what agents and their phones do ([`Input`]), and wants for an agent ([`Need`]); out come
//! reservations, and every change with its time ([`Output`]), to be stored and shown. The form is the cores':
//! `Floor::new`, `handle`, `handle_timers`, `poll`, `next_timer`.

mod agent;
mod floor;
mod input;
mod need;
mod plan;
mod skill;
mod state;

#[cfg(test)]
mod tests;

pub use floor::{Able, Floor};
pub use input::{Event, Input, Output, Refusal, Why};
pub use need::{Caller, Need, Wish};
pub use plan::{AgentPlan, Limits, Pause, Plan};
pub use skill::{Level, Skill, Skills};
pub use state::{ReservationNo, State};
