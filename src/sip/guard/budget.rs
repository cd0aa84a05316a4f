//! How many messages a stranger may send before he is not listened to.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use crate::trunk::Network;

/// Messages a stranger's address may send between two ticks.
const A_STRANGER: u32 = 20;
/// Messages all strangers together may send between two ticks.
const ALL_STRANGERS: u32 = 400;
/// The most strangers remembered between two ticks, and the most friends ever.
const MOST: usize = 4_096;

/// Per-source budgets. Trunks and whom we have written to have none; the owner ticks it once a second.
#[derive(Debug, Default)]
pub(in crate::sip) struct Budget {
    /// The trunks of the configuration in force.
    known: Vec<Network>,
    /// Whom we have written to.
    friends: HashSet<IpAddr>,
    strangers: HashMap<IpAddr, u32>,
    spent: u32,
}

impl Budget {
    pub fn new(known: impl IntoIterator<Item = Network>) -> Self {
        let mut budget = Self::default();
        budget.know(known);
        budget
    }

    /// Takes the trunks of a new configuration in the old one's place.
    pub fn know(&mut self, known: impl IntoIterator<Item = Network>) {
        self.known = known.into_iter().collect();
    }

    /// We have written to this address: what it sends is no stranger's.
    pub fn befriend(&mut self, ip: IpAddr) {
        if self.friends.len() < MOST {
            self.friends.insert(ip.to_canonical());
        }
    }

    /// Whether it is a trunk's address.
    pub fn knows(&self, ip: IpAddr) -> bool {
        self.known.iter().any(|network| network.contains(ip))
    }

    /// Whether a message from `ip` may be looked at.
    pub fn take(&mut self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        if self.knows(ip) || self.friends.contains(&ip) {
            return true;
        }
        if self.spent >= ALL_STRANGERS || (self.strangers.len() >= MOST && !self.strangers.contains_key(&ip))
        {
            return false;
        }
        let used = self.strangers.entry(ip).or_insert(0);
        if *used == A_STRANGER {
            // He alone is not listened to: what he sends beyond takes nothing from the others.
            return false;
        }
        *used += 1;
        self.spent += 1;
        true
    }

    /// A second has passed.
    pub fn tick(&mut self) {
        self.strangers.clear();
        self.spent = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trunk_that_is_configured_no_more_is_a_stranger_again() {
        let (old, new): (IpAddr, IpAddr) = ([192, 0, 2, 1].into(), [198, 51, 100, 2].into());
        let heard = |budget: &mut Budget, ip| (0..100).filter(|_| budget.take(ip)).count();
        let mut budget = Budget::new([old.into()]);
        assert_eq!((heard(&mut budget, old), heard(&mut budget, new)), (100, 20));
        budget.tick();
        budget.know(Network::parse("198.51.100.0/24"));
        assert_eq!((heard(&mut budget, old), heard(&mut budget, new)), (20, 100));
    }
}
