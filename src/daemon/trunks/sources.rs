//! Where the trunks' calls come from: the addresses written down, and those that their names have now.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use crate::daemon::sip_names::target;
use crate::domain::PhoneNumber;
use crate::sip::Hop;
use crate::trunk::{Network, TrunkPlan};

/// The addresses of the trunks' names, as they were last found.
#[derive(Debug, Default)]
pub struct Sources(RwLock<HashMap<Hop, Vec<IpAddr>>>);

impl Sources {
    /// A name has these addresses now.
    pub fn found(&self, hop: &Hop, addresses: Vec<IpAddr>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(hop.clone(), addresses);
    }

    /// Where the calls of a trunk may come from: its host, its proxy, what its plan names beside them.
    pub fn of(&self, plan: &TrunkPlan) -> Vec<Network> {
        let found = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut all = plan.peer.from.clone();
        for hop in hops(plan) {
            match hop.host.parse::<IpAddr>() {
                Ok(written) => all.push(written.into()),
                Err(_) => all.extend(found.get(&hop).into_iter().flatten().map(|&ip| Network::from(ip))),
            }
        }
        all
    }

    /// The trunk that a call from there came over. Of several at one address it is the one that has the number called.
    pub fn trunk_at<'a>(
        &self,
        trunks: &'a [Arc<TrunkPlan>],
        from: IpAddr,
        called: Option<&PhoneNumber>,
    ) -> Option<&'a Arc<TrunkPlan>> {
        let at = |trunk: &&Arc<TrunkPlan>| self.of(trunk).iter().any(|network| network.contains(from));
        let has = |trunk: &&Arc<TrunkPlan>| trunk.caller_ids.iter().any(|id| Some(&id.number) == called);
        let mut there = trunks.iter().filter(at);
        let first = there.next()?;
        if has(&first) { Some(first) } else { Some(there.find(has).unwrap_or(first)) }
    }
}

/// Where a trunk's requests go, and come from: its host, and its proxy.
pub fn hops(plan: &TrunkPlan) -> Vec<Hop> {
    let target = target(plan);
    [Some(target.hop), target.outbound_proxy].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::Transport;
    use crate::trunk::{CallerId, CallerIdStatus, Proxy, testing};

    fn trunk(name: &str, host: &str, number: &str) -> TrunkPlan {
        let mut plan = testing::trunk(name);
        plan.peer.host = host.to_owned();
        let number = PhoneNumber::parse(number).expect("a number");
        plan.caller_ids = vec![CallerId { number, status: CallerIdStatus::Allocated }];
        plan
    }

    fn name_of(sources: &Sources, trunks: &[Arc<TrunkPlan>], from: &str, called: &str) -> Option<String> {
        let called = PhoneNumber::parse(called).ok();
        let at = sources.trunk_at(trunks, from.parse().expect("an address"), called.as_ref());
        at.map(|trunk| trunk.name.to_string())
    }

    #[test]
    fn a_call_is_booked_on_the_trunk_whose_host_proxy_or_network_it_came_from() {
        let first = trunk("first", "192.0.2.1", "+74950000001");
        let mut behind_proxy = trunk("behind-proxy", "sip.carrier.invalid", "+74950000002");
        behind_proxy.peer.outbound_proxy = Some(Proxy { host: "192.0.2.2".to_owned(), port: None });
        let named = trunk("named", "sip.example.com", "+74950000003");
        let mut wide = trunk("wide", "198.51.100.1", "+74950000004");
        wide.peer.from = Network::parse("203.0.113.0/24").into_iter().collect();
        let trunks = [first, behind_proxy, named, wide].map(Arc::new);
        let sources = Sources::default();
        let over = |sources: &Sources, from: &str| name_of(sources, &trunks, from, "+74959999999");
        assert_eq!(over(&sources, "192.0.2.1").as_deref(), Some("first"));
        assert_eq!(over(&sources, "192.0.2.2").as_deref(), Some("behind-proxy"));
        assert_eq!(over(&sources, "203.0.113.200").as_deref(), Some("wide"));
        assert_eq!(over(&sources, "192.0.2.30"), None, "its name has not been asked for yet");
        let hop = Hop { host: "sip.example.com".to_owned(), port: None, transport: Transport::Udp };
        sources.found(&hop, ["192.0.2.30", "192.0.2.31"].map(|ip| ip.parse().expect("an address")).to_vec());
        assert_eq!(over(&sources, "192.0.2.31").as_deref(), Some("named"));
        sources.found(&hop, vec!["192.0.2.40".parse().expect("an address")]);
        assert_eq!(
            (over(&sources, "192.0.2.31"), over(&sources, "192.0.2.40").as_deref()),
            (None, Some("named"))
        );
    }

    #[test]
    fn of_two_trunks_at_one_address_the_one_with_the_number_called_has_the_call() {
        let trunks = [("first", "+74950000001"), ("second", "+74950000002")]
            .map(|(name, number)| Arc::new(trunk(name, "192.0.2.1", number)));
        let over = |called| name_of(&Sources::default(), &trunks, "192.0.2.1", called);
        assert_eq!(over("+74950000002").as_deref(), Some("second"));
        assert_eq!(over("+74950000001").as_deref(), Some("first"));
        assert_eq!(over("+74950000003").as_deref(), Some("first"), "neither's");
    }
}
