//! One campaign at work: claims the best contacts there is room for, and gives each its turn.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tracing::{error, info, warn};

use super::house::{House, Plans};
use super::pacing::{Batch, Equipment, Pacing};
use super::turn::{Foreseen, Taken, Turn};
use crate::campaign::CampaignPlan;
use crate::domain::CampaignId;
use crate::store::{AgreedContact, ClaimedContact, StoreError};

/// The longest the queue is left unlooked at: another node, an import or an operator may have changed it.
const LOOK: Duration = Duration::from_millis(500);
/// Contacts claimed at once, so that a long list does not wait behind one campaign.
const CLAIM: u32 = 64;

/// Works the campaign until the house drains, then waits for its live calls.
pub async fn work(house: Arc<House>, name: Arc<str>, id: CampaignId) {
    let (mut turns, mut pacing, mut floor) = (JoinSet::new(), Pacing::new(&house, id), house.floor.changes());
    info!(campaign = %name, "the campaign is at work");
    while !house.draining.is_cancelled() {
        floor.mark_unchanged();
        let started =
            if house.may_dial() { start(&house, &name, id, &mut pacing, &mut turns).await } else { 0 };
        reap(&mut turns);
        if started > 0 {
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = house.lines.changed() => {}
            _ = floor.changed(), if pacing.heeds_agents() => {}
            () = house.draining.cancelled() => {}
        }
    }
    while let Some(turn) = turns.join_next().await {
        note(turn);
    }
    pacing.keep().await;
}

/// Claims as many contacts as there is room for and starts their turns; returns how many.
async fn start(
    house: &Arc<House>,
    name: &str,
    id: CampaignId,
    pacing: &mut Pacing,
    turns: &mut JoinSet<anyhow::Result<Taken>>,
) -> usize {
    let plans = house.plans.load_full();
    let Some(plan) = plans.config.campaign(name).cloned() else { return 0 };
    pacing.remember(&plan).await;
    let lines = room(house, &plan, turns.len());
    // First who was promised a call, then as many of the others as pacing affords.
    let mut started = start_agreed(house, (&plan, &plans), id, lines, pacing, turns).await;
    let mut left = lines.saturating_sub(count(started));
    let mut kept_an_agent = false;
    for batch in pacing.batches(&plan, left).await {
        // Whoever was kept is not to be counted on: the pacer is asked again.
        if left == 0 || (batch.is_predicted() && kept_an_agent) {
            break;
        }
        let contacts = claim(house, id, &batch, left.min(CLAIM)).await;
        let ordinary = contacts.into_iter().zip(batch.equipment()).map(|(contact, with)| {
            let (plan, plans) = (Arc::clone(&plan), Arc::clone(&plans));
            (Turn { plan, plans, contact, agreed: None, seat: None, ticket: None, wanted: None }, with)
        });
        let more = take_turns(house, ordinary.collect(), pacing, turns).await;
        (started, left) = (started + more, left.saturating_sub(count(more)));
        kept_an_agent |= more > 0 && !batch.is_predicted();
    }
    started
}

/// The best contacts of a batch, `limit` at most.
async fn claim(house: &House, id: CampaignId, batch: &Batch, limit: u32) -> Vec<ClaimedContact> {
    let (limit, now) = (limit.min(batch.most), house.clock.wall());
    if limit == 0 {
        return Vec::new();
    }
    let claimed = match &batch.callers {
        None => house.store.claim(id, limit, now).await,
        Some(callers) => house.store.claim_callers(id, callers.clone(), limit, now).await,
    };
    claimed.unwrap_or_else(|fault| {
        warn!(%fault, "the store did not give contacts: nothing is dialled");
        Vec::new()
    })
}

fn count(turns: usize) -> u32 {
    u32::try_from(turns).unwrap_or(u32::MAX)
}

/// Starts the turns of those with whom a call was agreed that is due now, `lines` at most; returns how many. Where agents make
/// them only what one of those free could make is claimed, one after the other: each takes his agent from the next.
async fn start_agreed(
    house: &Arc<House>,
    (plan, plans): (&Arc<CampaignPlan>, &Arc<Plans>),
    id: CampaignId,
    lines: u32,
    pacing: &mut Pacing,
    turns: &mut JoinSet<anyhow::Result<Taken>>,
) -> usize {
    let turn = |AgreedContact { contact, callback }: AgreedContact| {
        let (plan, plans, agreed) = (Arc::clone(plan), Arc::clone(plans), Some(callback));
        Turn { plan, plans, contact, agreed, seat: None, ticket: None, wanted: None }
    };
    let silent = |fault: StoreError| warn!(%fault, "the store did not give agreed calls: none is made");
    if plan.dialling.agents().is_none() {
        if lines == 0 {
            return 0;
        }
        let due = house.store.claim_callbacks(id, lines.min(CLAIM), house.clock.wall()).await;
        let due = due.map_err(silent).unwrap_or_default();
        let due = due.into_iter().map(|due| (turn(due), Equipment::Nothing)).collect();
        return take_turns(house, due, pacing, turns).await;
    }
    let mut started = 0;
    while count(started) < lines {
        let kinds = pacing.agreed(plan).await;
        if kinds.is_empty() {
            break;
        }
        let due = house.store.claim_callback_of(id, kinds, house.clock.wall()).await;
        let Some(due) = due.map_err(silent).ok().flatten() else { break };
        let with = pacing.for_agreed(&due.callback);
        if take_turns(house, vec![(turn(due), with)], pacing, turns).await == 0 {
            break;
        }
        started += 1;
    }
    started
}

/// Starts the turns for which there is what they need; gives the others' contacts back. How many had their turn: whom no agent is
/// shown because the gate refuses him had his.
async fn take_turns(
    house: &Arc<House>,
    all: Vec<(Turn, Equipment)>,
    pacing: &Pacing,
    turns: &mut JoinSet<anyhow::Result<Taken>>,
) -> usize {
    let (mut started, mut without_agent) = (0, Vec::new());
    for (mut turn, with) in all {
        match turn.foresee(house).await {
            Ok(Foreseen::MayBeShown) => {}
            Ok(Foreseen::PassedOver) => {
                started += 1;
                continue;
            }
            Ok(Foreseen::NoLine) => {
                without_agent.push(turn.contact.id);
                continue;
            }
            Err(fault) => {
                warn!(
                    fault = format!("{fault:#}"),
                    "the gate did not say whether he may be called: nobody is shown him"
                );
                without_agent.push(turn.contact.id);
                continue;
            }
        }
        if pacing.equip(&mut turn, with) {
            started += 1;
            let house = Arc::clone(house);
            turns.spawn(async move { turn.take(&house).await });
        } else {
            without_agent.push(turn.contact.id);
        }
    }
    if !without_agent.is_empty()
        && let Err(fault) = house.store.release(without_agent).await
    {
        warn!(%fault, "contacts without an agent could not be given back; the next start does");
    }
    started
}

/// How many more calls the campaign may have up: by its own limit and by its trunks.
fn room(house: &House, plan: &CampaignPlan, up: usize) -> u32 {
    let own = plan.limits.max_concurrent.saturating_sub(count(up));
    own.min(house.lines.room(&plan.trunks))
}

fn reap(turns: &mut JoinSet<anyhow::Result<Taken>>) {
    while let Some(turn) = turns.try_join_next() {
        note(turn);
    }
}

fn note(turn: Result<anyhow::Result<Taken>, tokio::task::JoinError>) {
    match turn {
        Ok(Ok(Taken::Called(_) | Taken::NotCalled(_))) => {}
        Ok(Err(fault)) => error!(
            fault = format!("{fault:#}"),
            "a turn failed; what it reserved is rescued at the next start"
        ),
        Err(panic) => error!(%panic, "a turn broke"),
    }
}
