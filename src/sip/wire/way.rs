//! The way of a dialog's requests: by its route, to its target, or back to where the answer came from.

use std::net::IpAddr;
use std::sync::Arc;

use super::{Flow, Wire};
use crate::sip::message::dialog::Dialog;

impl Wire {
    /// The way to a dialog's next hop: the route or Contact the far end gave; over a stream the open connection while
    /// it lives. Where that leads nowhere, `over`: the way the dialog began.
    pub async fn way(self: &Arc<Self>, dialog: &Dialog, over: &Flow) -> Flow {
        if over.symmetric || (over.transport.is_stream() && !over.is_gone()) {
            return over.clone();
        }
        let (host, port) = dialog.next_hop();
        let port = port.unwrap_or(over.transport.default_port());
        let found = match self.resolve_host(&host, port).await {
            Ok(to) if is_astray(to.ip(), over.to.ip()) => return over.clone(),
            Ok(to) => self.flow(to, over.transport, &host).await,
            Err(error) => Err(error),
        };
        found.unwrap_or_else(|error| {
            tracing::debug!(%error, "no way to the far end's Contact");
            over.clone()
        })
    }
}

/// Whether an address means something only in the far end's own network: it is private, and the peer that gave it
/// is not. A carrier or telephone behind an address translator names itself so.
fn is_astray(to: IpAddr, peer: IpAddr) -> bool {
    nearness(to) > nearness(peer)
}

/// How near one must be for the address to mean anything.
fn nearness(ip: IpAddr) -> u8 {
    let (loopback, link, private) = match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            (ip.is_loopback() || ip.is_unspecified(), ip.is_link_local(), ip.is_private() || shared)
        }
        IpAddr::V6(ip) => {
            (ip.is_loopback() || ip.is_unspecified(), ip.is_unicast_link_local(), ip.is_unique_local())
        }
    };
    match (loopback, link, private) {
        (true, ..) => 3,
        (_, true, _) => 2,
        (.., true) => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_contact_of_a_public_peer_leads_nowhere() {
        let astray = |to: &str, peer: &str| is_astray(to.parse().unwrap(), peer.parse().unwrap());
        for to in
            ["10.1.2.3", "192.168.1.7", "172.20.0.1", "100.64.0.9", "169.254.1.1", "127.0.0.1", "0.0.0.0"]
        {
            assert!(astray(to, "203.0.113.5"), "{to}");
        }
        assert!(astray("fd00::1", "2001:db8::1") && astray("fe80::1", "fd00::1"));
        assert!(!astray("203.0.113.9", "203.0.113.5"), "another host of the carrier");
        assert!(!astray("10.1.2.3", "10.9.9.9"), "a trunk in our own network");
        assert!(!astray("203.0.113.9", "10.9.9.9") && !astray("10.1.2.3", "127.0.0.1"));
    }
}
