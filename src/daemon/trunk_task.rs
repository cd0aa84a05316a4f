//! One trunk's keeping: its registration and its probe.

use std::sync::Arc;

use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::house::House;
use super::sip_names::{registers_for, target};
use crate::sip::{ProbeAnswer, RegisterPlan, RegistrationState};
use crate::trunk::TrunkPlan;

/// Whether both plans are kept alike, so that a reload may leave the keeping alone.
pub fn kept_alike(one: &TrunkPlan, other: &TrunkPlan) -> bool {
    let account = |plan: &TrunkPlan| {
        let account = plan.account.as_ref()?;
        Some((account.user.clone(), account.password.expose_secret().to_owned(), account.register))
    };
    let parts = |plan: &TrunkPlan| (plan.name.clone(), plan.peer.clone(), plan.health.probe, account(plan));
    parts(one) == parts(other)
}

/// Keeps a trunk registered and probed until `stop`.
pub async fn keep(house: Arc<House>, plan: Arc<TrunkPlan>, stop: CancellationToken) {
    tokio::select! {
        () = async { tokio::join!(register(&house, &plan), probe(&house, &plan)); } => {}
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
                warn!(trunk = %plan.name, why, retry_s = retry_in.as_secs(), "the registrar is out of reach");
            }
        }
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
