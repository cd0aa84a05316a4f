//! How many calls to start now: calls per second, slots, and agents to come free. Floor 1, sans-IO.

mod budget;
mod cps;
mod faults;
mod lines;
mod predictive;
mod steering;

pub use budget::{Cap, Earlier, Window};
pub use cps::{Cps, NotBefore};
pub use predictive::{
    AgentNumber, CallNumber, Clock, Decision, End, Input, Lessons, Mode, PREDICTIVE_FROM, Pacer, Plan, Why,
};
