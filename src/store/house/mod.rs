//! The open store, its campaigns and its nodes.

mod campaign;
mod info;
mod node;
mod open;

pub use campaign::{CampaignRow, CampaignState};
pub use info::StoreInfo;
pub use open::{Kind, Store, StorePlan};
