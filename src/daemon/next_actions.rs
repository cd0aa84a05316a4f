//! Calls that waited for a reaction in vain: the creditors' systems are told to try another channel.

use tracing::info;

use super::house::House;
use crate::stats::Doing;
use crate::store::NextAction;

/// Days without a reaction, where a proposal in force says no number.
const DAYS: u16 = 5;

/// Goes through the policies of the configuration, and through the proposals that somebody put into force.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn tell(house: &House) -> anyhow::Result<()> {
    let plans = house.plans.load_full();
    let configured = plans.config.statistics.next_actions.iter().map(|policy| NextAction {
        name: policy.name.clone(),
        channel: policy.channel,
        after_uses: policy.after_uses,
        days: policy.days,
        then: policy.then,
    });
    let proposals = house.proposals.load_full();
    let proposed = proposals.iter().filter_map(proposed);
    for next in configured.chain(proposed) {
        let (policy, then) = (next.name.clone(), next.then.code());
        let told = house.store.tell_next_actions(next, house.clock.wall()).await?;
        if told > 0 {
            info!(policy, told, then, "another channel is wanted");
        }
    }
    Ok(())
}

fn proposed(doing: &Doing) -> Option<NextAction> {
    match *doing {
        Doing::ChangeChannel { channel, after_uses, then } => {
            Some(NextAction { name: doing.code(), channel, after_uses, days: DAYS, then })
        }
        Doing::DayPart { .. } => None,
    }
}
