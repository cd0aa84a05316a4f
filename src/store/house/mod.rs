//! The open store, its campaigns and its nodes.

mod access;
mod act_filter;
mod alone;
mod campaign;
mod export_act;
mod info;
mod kept;
mod node;
mod open;
mod saved_view;
mod session;
mod sign_in;
mod user;
mod user_act;

pub use access::{Access, AccessFilter, AccessLine};
pub use act_filter::ActFilter;
pub use campaign::{CampaignAct, CampaignRow, CampaignState};
pub use export_act::ExportAct;
pub use info::StoreInfo;
pub use open::{Kind, Store, StorePlan};
pub use saved_view::SavedView;
pub use session::SessionRow;
pub use sign_in::SignInRow;
pub use user::UserRow;
pub use user_act::{UserAct, UserChanged, UserDeed};
