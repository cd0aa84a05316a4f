//! Clicks on campaigns: started, paused, stopped, with whose click it was.

use std::sync::Arc;

use tracing::{info, warn};

use super::house::House;
use super::naming::{NamesFor, lacking, say_names};
use super::queue::fill_campaign;
use crate::store::{CampaignState, StoreError};
use crate::web::{CampaignAct, SetCampaign};

/// Moves the campaign. One that was never started is filled first, as by `obzvon campaign start`; names that an engine has to
/// say are said before it starts, unless this is the second click. `false`: it can't go that way.
///
/// # Errors
/// When the store fails.
pub async fn set_campaign(house: &Arc<House>, set: SetCampaign) -> Result<bool, StoreError> {
    let SetCampaign { campaign, act, who } = set;
    let state = match act {
        CampaignAct::Pause => CampaignState::Paused,
        CampaignAct::Start => CampaignState::Running,
        CampaignAct::Stop => CampaignState::Stopped,
    };
    let was = house.store.campaigns().await?.into_iter().find(|row| row.name == campaign);
    let was = was.map_or(CampaignState::Draft, |row| row.state);
    let is_new = was == CampaignState::Draft;
    if is_new && act == CampaignAct::Start && !fill(house, &campaign).await? {
        return Ok(false);
    }
    let hurried = house.naming.stop(&campaign);
    let starts = act == CampaignAct::Start && (is_new || was == CampaignState::Paused);
    let lacking = if starts && !hurried { lacking(house, &campaign).await } else { Vec::new() };
    if !lacking.is_empty() {
        info!(campaign, who, "a campaign was clicked: it starts when its names are said");
        say_names(house, &campaign, lacking, NamesFor::Start { who });
        return Ok(true);
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
