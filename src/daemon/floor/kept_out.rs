//! Agents whose users are kept out: to the floor they are as those whom the plan has no longer.

use std::collections::BTreeSet;

use tracing::info;

use super::registered;
use crate::daemon::house::House;
use crate::domain::AgentId;
use crate::store::StoreError;

/// Asks the store who is kept out, and takes him out of his work: a talk is finished and written up, nothing new comes.
/// Whoever is let in again is there as after a start. An agent who is no user of the screens works on.
///
/// # Errors
/// When the store fails; the floor stays as it was.
pub async fn keep_out(house: &House) -> Result<(), StoreError> {
    let who: BTreeSet<AgentId> =
        house.store.kept_out().await?.iter().filter_map(|login| AgentId::parse(login)).collect();
    let count = who.len();
    if house.floor.keep_out(&house.plans.load().config.agents, who) {
        info!(count, "users are kept out: agents among them get no more calls");
        registered::tell_floor(house);
    }
    Ok(())
}
