//! How many messages a stranger may send before he is not listened to.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

/// Messages a stranger's address may send between two ticks.
const A_STRANGER: u32 = 20;
/// Messages all strangers together may send between two ticks.
const ALL_STRANGERS: u32 = 400;
/// The most strangers remembered between two ticks, and the most friends ever.
const MOST: usize = 4_096;

/// Per-source budgets. Friends (trunks) have none; the owner ticks it once a second.
#[derive(Debug, Default)]
pub(in crate::sip) struct Budget {
    friends: HashSet<IpAddr>,
    strangers: HashMap<IpAddr, u32>,
    spent: u32,
}

impl Budget {
    pub fn new(friends: impl IntoIterator<Item = IpAddr>) -> Self {
        Self { friends: friends.into_iter().map(|ip| ip.to_canonical()).collect(), ..Self::default() }
    }

    /// We have written to this address: what it sends is no stranger's.
    pub fn befriend(&mut self, ip: IpAddr) {
        if self.friends.len() < MOST {
            self.friends.insert(ip.to_canonical());
        }
    }

    /// Whether a message from `ip` may be looked at.
    pub fn take(&mut self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        if self.friends.contains(&ip) {
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
