//! The campaigns' queues: filled from the lists, and looked at again when a plan has changed.

mod fill;
mod replan;

pub use fill::{fill_campaign, unspoken_creditors, untellable};
pub(super) use replan::{Changed, replan};
