//! How many calls to start now: calls per second, slots, and agents to come free. Floor 1, sans-IO.

mod cps;

pub use cps::{Cps, NotBefore};
