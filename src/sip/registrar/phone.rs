//! A telephone that has registered, as the daemon sees it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::domain::{AgentId, DigestAccount};
use crate::sip::{Transport, TrunkTarget};

/// Who may register, and for how long.
#[derive(Clone, Debug)]
pub struct RegistrarPlan {
    /// The realm of the challenges; every account's hash is made with it.
    pub realm: String,
    pub accounts: BTreeMap<AgentId, DigestAccount>,
    pub expires: RangeInclusive<Duration>,
}

/// A registered telephone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// Its Contact's URI.
    pub contact: String,
    /// Where it registered from: requests go there, whatever its Contact says.
    pub source: SocketAddr,
    pub transport: Transport,
    /// How long it is still registered.
    pub expires_in: Duration,
}

impl Phone {
    /// Where to place calls to it.
    pub fn target(&self) -> TrunkTarget {
        let ip = self.source.ip().to_string();
        let mut target = TrunkTarget::new(ip, self.source.port(), self.transport);
        target.reliable_provisionals = false;
        target.phone = Some(self.contact.clone());
        target
    }
}

/// What became of a telephone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhoneEvent {
    /// New, or refreshed.
    Registered { agent: AgentId, phone: Phone },
    /// The same telephone at another address or with another Contact, in the place of `before`.
    Moved { agent: AgentId, phone: Phone, before: String },
    /// Unregistered, run out, or found dead. `contact` is its Contact's URI.
    Expired { agent: AgentId, contact: String },
}
