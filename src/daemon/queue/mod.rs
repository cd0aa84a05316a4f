//! The campaigns' queues: filled from the lists, and looked at again when a plan has changed.

mod fill;
mod replan;

pub use fill::{
    fill_campaign, retake_unvoiced, unspoken_creditors, unspoken_to_callers, untellable, untold_to_callers,
};
pub(super) use replan::{Changed, replan};
