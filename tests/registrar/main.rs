//! The registrar over real sockets: agents' phones come in, and strangers learn nothing.

#![allow(clippy::unwrap_used, reason = "a test says by its failure what was wrong")]

mod callers;
mod client;
mod flood;
#[path = "../baresip_phone/phone.rs"]
mod phone;
mod phones;
mod strangers;

use std::collections::BTreeMap;
use std::time::Duration;

use obzvon::domain::{AgentId, DigestAccount};
use obzvon::sip::{PhoneEvent, RegistrarPlan, SipPlan, SipStack, digest_account};
use tokio::sync::mpsc;
use tokio::time::timeout;

const ANNA: &str = "anna";
const ANNAS: &str = "the-password-of-anna";
/// His phone knows MD5 only, and his account has nothing else.
const BORIS: &str = "boris";
const BORIS_S: &str = "the-password-of-boris";

fn id(name: &str) -> AgentId {
    AgentId::parse(name).unwrap()
}

fn accounts() -> BTreeMap<AgentId, DigestAccount> {
    let boris = DigestAccount { sha256: None, ..digest_account(BORIS, "obzvon", BORIS_S) };
    [(id(ANNA), digest_account(ANNA, "obzvon", ANNAS)), (id(BORIS), boris)].into()
}

/// A stack that listens on every address of this machine's loopback.
async fn stack() -> (SipStack, mpsc::Receiver<PhoneEvent>) {
    stack_for(accounts()).await
}

async fn stack_for(accounts: BTreeMap<AgentId, DigestAccount>) -> (SipStack, mpsc::Receiver<PhoneEvent>) {
    let mut plan = SipPlan::new("0.0.0.0:0".parse().unwrap(), "pbx.example");
    plan.registrar = Some(plan_for(accounts));
    let stack = SipStack::start(plan).await.unwrap();
    let events = stack.phone_events().unwrap();
    (stack, events)
}

fn plan_for(accounts: BTreeMap<AgentId, DigestAccount>) -> RegistrarPlan {
    let expires = Duration::from_secs(60)..=Duration::from_secs(3_600);
    RegistrarPlan { realm: "obzvon".to_owned(), accounts, expires }
}

fn address(stack: &SipStack) -> std::net::SocketAddr {
    ([127, 0, 0, 1], stack.local()[0].port()).into()
}

async fn event(events: &mut mpsc::Receiver<PhoneEvent>) -> String {
    match timeout(Duration::from_secs(60), events.recv()).await.expect("an event").expect("a stack") {
        PhoneEvent::Registered { agent, phone } => format!("{agent} registered {}", phone.contact),
        PhoneEvent::Moved { agent, phone, .. } => format!("{agent} moved to {}", phone.source),
        PhoneEvent::Expired { agent, contact } => format!("{agent} expired {contact}"),
    }
}
