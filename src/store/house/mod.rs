//! The open store, its campaigns and its nodes.

mod campaign;
mod node;
mod open;

pub use campaign::{CampaignRow, CampaignState};
pub use open::{Kind, Store, StorePlan};
