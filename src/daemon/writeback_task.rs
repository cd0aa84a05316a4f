//! Messages to other systems: one task an endpoint, so that a slow one holds up nobody else's.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::house::House;
use crate::config::{Config, EndpointConfig};
use crate::store::{Delivered, Delivery, EndpointRow, StoreError};
use crate::writeback::{Endpoint, Sender, Sent, back_off};

/// How often messages are looked for; a payment is to be known everywhere within a second.
const LOOK: Duration = Duration::from_millis(500);
/// How often those that wait are counted.
const COUNT: Duration = Duration::from_secs(10);
/// Messages on their way to an endpoint at once.
const AT_ONCE: u32 = 16;

/// The endpoints of a configuration, as the store wants them.
pub fn endpoint_rows(config: &Config) -> Vec<EndpointRow> {
    let row = |endpoint: &EndpointConfig| EndpointRow {
        name: endpoint.name.clone(),
        creditors: endpoint.creditors.clone(),
    };
    config.writeback.iter().map(row).collect()
}

/// Keeps a task for every endpoint of the configuration in force.
pub async fn keep_endpoints(house: Arc<House>, sender: Sender, stop: CancellationToken) {
    let mut at_work = HashSet::new();
    let mut tasks = JoinSet::new();
    let mut known = house.plans.load().config.version.clone();
    let mut count = tokio::time::interval(COUNT);
    loop {
        let plans = house.plans.load_full();
        if plans.config.version != known {
            match house.store.set_endpoints(endpoint_rows(&plans.config)).await {
                Ok(()) => known = plans.config.version.clone(),
                Err(fault) => warn!(%fault, "the store did not take the endpoints; trying again"),
            }
        }
        for endpoint in &plans.config.writeback {
            if at_work.insert(endpoint.name.clone()) {
                let (house, sender, stop) = (Arc::clone(&house), sender.clone(), stop.child_token());
                tasks.spawn(work(house, endpoint.name.clone(), sender, stop));
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = count.tick() => tell_waiting(&house).await,
            Some(done) = tasks.join_next() => match done {
                Ok(name) => { at_work.remove(&name); }
                Err(panic) => warn!(%panic, "a task of an endpoint broke; its messages wait for the next start"),
            },
            () = stop.cancelled() => break,
        }
    }
    while tasks.join_next().await.is_some() {}
}

async fn tell_waiting(house: &House) {
    match house.store.deliveries_waiting().await {
        Ok(waiting) => waiting.iter().for_each(|(name, count)| house.metrics.messages_waiting(name, *count)),
        Err(fault) => warn!(%fault, "the messages that wait are not counted"),
    }
}

/// Sends an endpoint's messages until it leaves the configuration; gives back its name.
async fn work(house: Arc<House>, name: String, sender: Sender, stop: CancellationToken) -> String {
    let mut takes = true;
    loop {
        let plans = house.plans.load_full();
        let Some(endpoint) = plans.config.writeback.iter().find(|endpoint| endpoint.name == name) else {
            return name;
        };
        let sent = tokio::select! {
            sent = round(&house, endpoint, &sender) => sent,
            () = stop.cancelled() => return name, // what was on its way is sent again after its lease
        };
        match sent {
            Ok(Round { sent: 0, .. }) => {}
            Ok(Round { refused: None, .. }) if takes => continue,
            Ok(Round { refused: None, .. }) => {
                info!(endpoint = name, "the endpoint takes messages again");
                takes = true;
            }
            Ok(Round { refused: Some(fault), .. }) if takes => {
                warn!(
                    endpoint = name,
                    fault, "the endpoint did not take a message: it waits and is sent again"
                );
                takes = false;
            }
            Ok(_) => {}
            Err(fault) => warn!(%fault, endpoint = name, "the store does not tell the messages"),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = stop.cancelled() => return name,
        }
    }
}

/// What came of a round.
struct Round {
    sent: usize,
    /// Why one of them was not taken.
    refused: Option<String>,
}

/// Sends what is due, one message a debt.
async fn round(house: &House, endpoint: &EndpointConfig, sender: &Sender) -> Result<Round, StoreError> {
    let lease = SignedDuration::try_from(2 * endpoint.timeout).expect("a minute or so");
    let name = &endpoint.name;
    let due = house.store.claim_deliveries(name, AT_ONCE, house.clock.wall(), lease).await?;
    let target = Endpoint { url: endpoint.url.clone(), key: endpoint.key.clone(), timeout: endpoint.timeout };
    let mut tries = JoinSet::new();
    for delivery in due {
        let (sender, target) = (sender.clone(), target.clone());
        let unix_s = house.clock.wall().as_second();
        tries.spawn(async move {
            let sent = sender.send(&target, &id_of(&delivery), unix_s, body_of(&delivery)).await;
            (delivery, sent)
        });
    }
    let mut round = Round { sent: 0, refused: None };
    while let Some(tried) = tries.join_next().await {
        let Ok((delivery, sent)) = tried else { continue }; // a broken try is made again after its lease
        round.sent += 1;
        house.metrics.message_sent(name, matches!(sent, Sent::Taken { .. }));
        let delivered = match sent {
            Sent::Taken { status } => Delivered::Taken { status },
            Sent::Refused { status, fault, retry_after } => {
                round.refused = Some(fault.clone());
                // Neighbours in the queue are spread apart.
                let luck = (delivery.message % 64) as f64 / 64.0;
                let pause = back_off(delivery.tries, retry_after, luck);
                let next_try = house.clock.wall().checked_add(pause).expect("a day or so ahead");
                Delivered::Refused { status, fault, next_try }
            }
        };
        house.store.note_delivery(name, delivery.message, delivered, house.clock.wall()).await?;
    }
    Ok(round)
}

/// Unique over databases that tell the same receiver, and the same at each try.
fn id_of(delivery: &Delivery) -> String {
    format!("msg_{:x}_{}", delivery.at.as_microsecond(), delivery.message)
}

fn body_of(delivery: &Delivery) -> String {
    let data: serde_json::Value = serde_json::from_str(&delivery.payload).unwrap_or_default();
    let kind = match delivery.kind.as_str() {
        "attempt" => "attempt.finished",
        "payment" => "payment.recorded",
        "reversal" => "payment.reversed",
        "dispute" => "dispute.opened",
        "promise" => "promise.judged",
        other => other,
    };
    json!({ "type": kind, "timestamp": delivery.at.to_string(), "data": data }).to_string()
}
