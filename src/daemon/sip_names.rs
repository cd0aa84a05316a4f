//! A trunk's plan in the words of the signalling.

use std::time::Duration;

use crate::domain::{Codec, PhoneNumber};
use crate::sip::{Credentials, Hop, Transport, TrunkTarget};
use crate::trunk::{self, TrunkPlan};

/// Where a trunk's requests go.
pub fn target(plan: &TrunkPlan) -> TrunkTarget {
    let transport = match plan.peer.transport {
        trunk::Transport::Tcp => Transport::Tcp,
        trunk::Transport::Tls => Transport::Tls,
        trunk::Transport::Udp => Transport::Udp,
    };
    let hop = |host: &str, port: Option<u16>| Hop { host: host.to_owned(), port, transport };
    let mut target = TrunkTarget::new(plan.peer.host.clone(), plan.peer.port, transport);
    target.outbound_proxy = plan.peer.outbound_proxy.as_ref().map(|proxy| hop(&proxy.host, proxy.port));
    target.credentials = plan
        .account
        .as_ref()
        .map(|account| Credentials { user: account.user.clone(), password: account.password.clone() });
    target.tcp_for_large = plan.peer.offers_tcp;
    target
}

/// A number as the trunk is told of it in a REFER.
pub fn to_number(plan: &TrunkPlan, number: &PhoneNumber) -> String {
    let host = match plan.peer.host.parse::<std::net::Ipv6Addr>() {
        Ok(address) => format!("[{address}]"),
        Err(_) => plan.peer.host.clone(),
    };
    let port = plan.peer.port.map(|port| format!(":{port}")).unwrap_or_default();
    format!("sip:{}@{host}{port}", plan.rewriting.callee(number))
}

/// The codecs a trunk is offered.
pub fn codecs(plan: &TrunkPlan) -> Vec<Codec> {
    plan.codecs.clone()
}

/// How long registrations are asked to hold, where the trunk registers.
pub fn registers_for(plan: &TrunkPlan) -> Option<Duration> {
    plan.account.as_ref().and_then(|account| account.register)
}
