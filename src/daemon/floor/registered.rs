//! Agents' registered phones: kept over a crash, told to the floor, found when a call wants them.

use std::sync::Arc;

use jiff::SignedDuration;
use tokio::sync::mpsc;
use tracing::{info, warn};

use crate::config::AgentContact;
use crate::daemon::house::House;
use crate::domain::AgentId;
use crate::sip::{Phone, PhoneEvent, Transport, TrunkTarget};
use crate::store::{PhoneRow, StoreError};
use crate::trunk;

/// Where to call an agent: at his phone's fixed address, else where it registered last.
pub(super) fn target(
    house: &House,
    agent: &AgentId,
    fixed: Option<&AgentContact>,
) -> Option<(String, TrunkTarget)> {
    if let Some(contact) = fixed {
        let target = TrunkTarget::new(contact.host.clone(), contact.port, sip(contact.transport));
        return Some((contact.user.clone(), target));
    }
    let phone = house.stack.phones(agent).into_iter().next()?;
    Some((agent.as_str().to_owned(), phone.target()))
}

/// Puts back the phones that were registered when the process ended.
pub(super) async fn restore(house: &House) {
    let now = house.clock.wall();
    let kept = match house.store.kept_phones(now).await {
        Ok(kept) => kept,
        Err(fault) => return warn!(%fault, "phones must register anew"),
    };
    for row in kept {
        let left = row.expires_at.duration_since(now);
        let phone = Phone {
            contact: row.contact,
            source: row.source,
            transport: sip(row.transport),
            expires_in: left.try_into().unwrap_or_default(),
        };
        house.stack.restore_phone(row.agent.clone(), phone);
        house.floor.registered(&row.agent, true);
    }
}

/// Tells the floor of every phone that is registered: it has met somebody anew.
pub(super) fn tell_floor(house: &House) {
    for (agent, _) in house.floor.everybody() {
        if !house.stack.phones(&agent).is_empty() {
            house.floor.registered(&agent, true);
        }
    }
}

/// The next event; waits for ever where there is no registrar.
pub(super) async fn next(events: &mut Option<mpsc::Receiver<PhoneEvent>>) -> PhoneEvent {
    let told = match events {
        Some(events) => events.recv().await,
        None => None,
    };
    match told {
        Some(event) => event,
        None => std::future::pending().await,
    }
}

/// Tells floor and store what became of a phone.
pub(super) async fn follow(house: &Arc<House>, event: PhoneEvent) {
    let kept = match event {
        PhoneEvent::Registered { agent, phone } => keep(house, agent, phone).await,
        PhoneEvent::Moved { agent, phone, before } => {
            info!(%agent, "a phone has moved");
            let forgotten = house.store.forget_phone(&agent, &before).await;
            keep(house, agent, phone).await.and(forgotten)
        }
        PhoneEvent::Expired { agent, contact } => {
            info!(%agent, "a phone is registered no longer");
            house.floor.registered(&agent, !house.stack.phones(&agent).is_empty());
            house.store.forget_phone(&agent, &contact).await
        }
    };
    if let Err(fault) = kept {
        warn!(%fault, "where a phone is was not kept");
    }
}

async fn keep(house: &House, agent: AgentId, phone: Phone) -> Result<(), StoreError> {
    house.floor.registered(&agent, true);
    let lasts = SignedDuration::try_from(phone.expires_in).unwrap_or_default();
    let transport = match phone.transport {
        Transport::Tcp => trunk::Transport::Tcp,
        Transport::Tls => trunk::Transport::Tls,
        Transport::Udp => trunk::Transport::Udp,
    };
    let expires_at = house.clock.wall().saturating_add(lasts).unwrap_or(jiff::Timestamp::MAX);
    let Phone { contact, source, .. } = phone;
    house.store.keep_phone(PhoneRow { agent, contact, source, transport, expires_at }).await
}

fn sip(transport: trunk::Transport) -> Transport {
    match transport {
        trunk::Transport::Tcp => Transport::Tcp,
        trunk::Transport::Tls => Transport::Tls,
        trunk::Transport::Udp => Transport::Udp,
    }
}
