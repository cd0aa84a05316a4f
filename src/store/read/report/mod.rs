//! Reports: what was done, what came of it, and how the two stand to each other, in numbers to divide.

mod calls;
mod economics;
mod effects;
mod experiment;
mod kpi;
mod paid;
mod promises;
mod steps;
mod wear;

use jiff::Timestamp;

pub use calls::{AttemptsLine, DayCalls, LeftOut, OutcomeLine};
pub use economics::EconomicsFacts;
pub use experiment::ExperimentLine;
pub use promises::PromiseLine;
pub use wear::Reacted;

use crate::store::engine::conn::{Fault, Row};

/// A stretch of time, half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: Timestamp,
    pub to: Timestamp,
}

fn count(row: &Row, column: usize) -> Result<u64, Fault> {
    Ok(row.int(column)?.unsigned_abs())
}
