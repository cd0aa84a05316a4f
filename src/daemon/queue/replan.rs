//! A plan that has changed: what the old one put off or left out is looked at again by the new one.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::fill::Placing;
use crate::daemon::house::{House, Plans};
use crate::store::{CampaignRow, CampaignState, Parked};
use crate::trunk::{CallerId, Routing};

/// A campaign whose contacts are to be looked at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::daemon) struct Changed {
    campaign: Arc<str>,
    /// Hours, targets, trunks.
    plan: bool,
    /// The rules it goes by, or the exceptions from them.
    rules: bool,
}

/// Contacts woken in one transaction.
const WAKE: u32 = 1000;

impl Changed {
    /// The campaigns that `new` has otherwise than `old`.
    pub(in crate::daemon) fn between(old: &Plans, new: &Plans) -> Vec<Self> {
        let trunks = carried(old) != carried(new);
        let changes = new.config.campaigns.iter().map(|plan| {
            let before = old.config.campaign(&plan.name);
            let rules = |plans: &Plans| plans.rules(&plan.preset).map(|rules| Arc::clone(&rules.hash));
            let exceptions = old.config.overrides_of(plan) != new.config.overrides_of(plan);
            Self {
                campaign: Arc::clone(&plan.name),
                plan: trunks || before.is_none_or(|before| before != plan),
                rules: exceptions || rules(old) != rules(new),
            }
        });
        changes.filter(|change| change.plan || change.rules).collect()
    }

    /// Every campaign: what it was before is not known.
    pub(in crate::daemon) fn all(plans: &Plans) -> Vec<Self> {
        let campaigns = plans.config.campaigns.iter();
        let all = campaigns.map(|plan| Self { campaign: Arc::clone(&plan.name), plan: true, rules: true });
        all.collect()
    }
}

/// Which numbers the trunks take, and which they may show.
fn carried(plans: &Plans) -> Vec<(&str, &Routing, &[CallerId])> {
    plans.config.trunks.iter().map(|plan| (&*plan.name, &plan.routing, &*plan.caller_ids)).collect()
}

/// Looks at the contacts of the campaigns again, step by step beside the dialling. What was put off for the campaign's
/// hours or trunks, or denied by rules that have changed, goes back into the queue, where the gate decides as ever; who
/// was left out and is aimed at now joins it. Contacts that have had their end stay as they are.
pub(in crate::daemon) async fn replan(house: Arc<House>, changed: Vec<Changed>, stop: CancellationToken) {
    let work = async {
        for row in house.store.campaigns().await? {
            if let Some(change) = changed.iter().find(|change| *change.campaign == *row.name)
                && row.state != CampaignState::Stopped
            {
                replan_one(&house, &row, change).await?;
            }
        }
        anyhow::Ok(())
    };
    tokio::select! {
        done = work => if let Err(fault) = done {
            warn!(fault = format!("{fault:#}"), "contacts that a changed plan concerns were not all looked at again");
        },
        () = stop.cancelled() => {}
    }
}

async fn replan_one(house: &House, row: &CampaignRow, change: &Changed) -> anyhow::Result<()> {
    let plans = house.plans.load_full();
    let Some(plan) = plans.config.campaign(&row.name) else { return Ok(()) };
    let (mut woken, mut joined) = (0, 0);
    if change.plan {
        let now = house.clock.wall();
        let mut placing = Placing::of(&house.store, &plans.config, plan, row.id, now).await?;
        let fill = placing.fill(now);
        joined = house.store.replan(fill, |candidate| placing.place(candidate)).await?;
    }
    for (parked, concerned) in [(Parked::ByPlan, change.plan), (Parked::ByRules, change.rules)] {
        if concerned {
            woken += wake(house, row, parked).await?;
        }
    }
    info!(campaign = %row.name, woken, joined, "contacts were looked at again by the changed plan");
    Ok(())
}

async fn wake(house: &House, row: &CampaignRow, parked: Parked) -> anyhow::Result<u64> {
    let mut woken = 0;
    loop {
        let some = house.store.wake_parked(row.id, parked, WAKE).await?;
        woken += some;
        if some < u64::from(WAKE) {
            return Ok(woken);
        }
    }
}
