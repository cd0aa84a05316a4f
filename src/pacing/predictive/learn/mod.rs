//! What is learned from the calls that were: durations and the answer rate.

mod ages;
mod answers;
mod running;

pub(super) use ages::{Ages, log_normal, normal};
pub(super) use answers::{AnswerRate, Rate};
pub(super) use running::settle;
