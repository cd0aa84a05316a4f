//! Clicks on campaigns: started, paused, stopped, with whose click it was.

use tracing::{info, warn};

use super::house::House;
use super::queue::fill_campaign;
use crate::store::{CampaignState, StoreError};
use crate::web::{CampaignAct, SetCampaign};

/// Moves the campaign. One that was never started is filled first, as by `obzvon campaign start`; names that no engine has
/// said are left out of its calls. `false`: it can't go that way.
///
/// # Errors
/// When the store fails.
pub async fn set_campaign(house: &House, set: SetCampaign) -> Result<bool, StoreError> {
    let SetCampaign { campaign, act, who } = set;
    let state = match act {
        CampaignAct::Pause => CampaignState::Paused,
        CampaignAct::Start => CampaignState::Running,
        CampaignAct::Stop => CampaignState::Stopped,
    };
    let was = house.store.campaigns().await?.into_iter().find(|row| row.name == campaign);
    let is_new = was.is_none_or(|row| row.state == CampaignState::Draft);
    if is_new && act == CampaignAct::Start && !fill(house, &campaign).await? {
        return Ok(false);
    }
    let moved = house.store.set_campaign(&campaign, state, &who, house.clock.wall()).await?;
    info!(campaign, state = state.code(), who, moved, "a campaign was clicked");
    Ok(moved)
}

/// `false`: the configuration has no such campaign, or a pack can't be read.
async fn fill(house: &House, campaign: &str) -> Result<bool, StoreError> {
    let plans = house.plans.load_full();
    match fill_campaign(&house.store, &plans.config, campaign).await {
        Ok(filled) => {
            info!(campaign, queued = filled.queued, held = filled.held, "a campaign was filled");
            Ok(true)
        }
        Err(fault) => match fault.downcast::<StoreError>() {
            Ok(fault) => Err(fault),
            Err(fault) => {
                warn!(campaign, fault = format!("{fault:#}"), "a campaign was not filled");
                Ok(false)
            }
        },
    }
}
