//! One trunk's keeping: its registration, its probe, and the addresses of its name.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::house::House;
use super::sip_names::{registers_for, target};
use super::trunks::hops;
use crate::sip::{Hop, ProbeAnswer, RegisterPlan, RegistrationState};
use crate::trunk::TrunkPlan;

/// How often the addresses of a name are asked for anew, and how soon after it was in vain: the system's resolver tells
/// no time to live.
const NAMES: Duration = Duration::from_secs(120);
const NAMES_AGAIN: Duration = Duration::from_secs(15);
/// No resolver takes longer that still answers.
const NAMES_LIMIT: Duration = Duration::from_secs(30);

/// Whether both plans are kept alike, so that a reload may leave the keeping alone.
pub fn kept_alike(one: &TrunkPlan, other: &TrunkPlan) -> bool {
    let account = |plan: &TrunkPlan| {
        let account = plan.account.as_ref()?;
        Some((account.user.clone(), account.password.expose_secret().to_owned(), account.register))
    };
    let parts = |plan: &TrunkPlan| (plan.name.clone(), plan.peer.clone(), plan.health.probe, account(plan));
    parts(one) == parts(other)
}

/// Keeps a trunk registered, probed, and its addresses known until `stop`.
pub async fn keep(house: Arc<House>, plan: Arc<TrunkPlan>, stop: CancellationToken) {
    tokio::select! {
        () = async { tokio::join!(register(&house, &plan), probe(&house, &plan), look_up(&house, &plan)); } => {}
        () = stop.cancelled() => {}
    }
}

async fn register(house: &House, plan: &TrunkPlan) {
    let (Some(expires), Some(account)) = (registers_for(plan), &plan.account) else { return };
    let wanted = RegisterPlan { trunk: target(plan), user: account.user.clone(), expires };
    let mut registration = match house.stack.register(wanted) {
        Ok(registration) => registration,
        Err(fault) => {
            warn!(trunk = %plan.name, %fault, "the trunk can't be registered with");
            return;
        }
    };
    while let Some(state) = registration.next_state().await {
        house.trunk_book.registered(&plan.name, state.clone(), house.clock.wall());
        match state {
            RegistrationState::Registered { expires } => {
                info!(trunk = %plan.name, expires_s = expires.as_secs(), "registered");
            }
            RegistrationState::Refused { word, retry_in } => {
                warn!(trunk = %plan.name, code = word.sip_code, retry_s = retry_in.as_secs(), "registration refused");
            }
            RegistrationState::Unreachable { why, retry_in } => {
                warn!(trunk = %plan.name, %why, retry_s = retry_in.as_secs(), "the registrar is out of reach");
            }
        }
    }
}

/// Keeps the addresses of a trunk's names, from which its calls come. What was found last holds until another answer comes.
async fn look_up(house: &House, plan: &TrunkPlan) {
    let names: Vec<Hop> = hops(plan).into_iter().filter(|hop| hop.host.parse::<IpAddr>().is_err()).collect();
    let mut failing = false;
    while !names.is_empty() {
        let mut fault = None;
        for hop in &names {
            match tokio::time::timeout(NAMES_LIMIT, house.stack.addresses(hop)).await {
                Ok(Ok(addresses)) => house.sources.found(hop, addresses),
                Ok(Err(why)) => fault = Some(format!("{:#}", anyhow::Error::from(why))),
                Err(_) => fault = Some(format!("resolving {}: no answer", hop.host)),
            }
        }
        house.know_trunks();
        if let Some(fault) = fault.as_ref().filter(|_| !failing) {
            warn!(trunk = %plan.name, fault, "the trunk's name has no address: calls from there may be refused");
        }
        failing = fault.is_some();
        house.trunk_book.named(&plan.name, !failing);
        tokio::time::sleep(if failing { NAMES_AGAIN } else { NAMES }).await;
    }
}

async fn probe(house: &House, plan: &TrunkPlan) {
    let Some(every) = plan.health.probe else { return };
    loop {
        tokio::time::sleep(every).await;
        let answer = house.stack.probe(&target(plan)).await;
        let alive = matches!(answer, ProbeAnswer::Alive { .. });
        if !alive {
            warn!(trunk = %plan.name, ?answer, "the probe was not answered well");
        }
        house.lines.probed(&plan.name, alive);
        house.trunk_book.probed(&plan.name, answer, house.clock.wall());
    }
}
