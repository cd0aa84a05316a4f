//! Calls that waited for a reaction in vain: the creditors' systems are told to try another channel.

use tracing::info;

use super::house::House;
use crate::store::NextAction;

/// Goes through the policies of the configuration.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn tell(house: &House) -> anyhow::Result<()> {
    let plans = house.plans.load_full();
    for policy in &plans.config.statistics.next_actions {
        let next = NextAction {
            name: policy.name.clone(),
            channel: policy.channel,
            after_uses: policy.after_uses,
            days: policy.days,
            then: policy.then,
        };
        let told = house.store.tell_next_actions(next, house.clock.wall()).await?;
        if told > 0 {
            info!(policy = policy.name, told, then = policy.then.code(), "another channel is wanted");
        }
    }
    Ok(())
}
