//! What the stack is to be: where it listens and what it calls itself.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use super::RegistrarPlan;
use crate::trunk::Network;

/// The stack's plan. Fields the config file leaves out have the values of [`SipPlan::new`].
#[derive(Clone, Debug)]
pub struct SipPlan {
    /// Where to listen, at most one address a family; port 0 takes any.
    pub listen: Vec<SocketAddr>,
    /// Listen on TCP as well, on the same ports. Calls out over TCP work without.
    pub tcp: bool,
    /// The address to write into Via and Contact instead of `listen`'s first (behind NAT); the port is the listener's.
    pub advertised: Option<IpAddr>,
    /// User-Agent and Server headers.
    pub user_agent: String,
    /// Our own domain: the part of Call-ID behind `@`, and From's host where the trunk doesn't say another.
    pub domain: String,
    /// Sources that are never held to the strangers' budget and may call: the trunks' addresses.
    pub known: Vec<Network>,
    /// Certificates of the authorities that may vouch for a carrier over TLS, in PEM.
    pub ca_file: PathBuf,
    /// Who may register; `None`: REGISTER is refused.
    pub registrar: Option<RegistrarPlan>,
    /// The moment a message passes; no clock is read here.
    pub stamp: fn() -> Timestamp,
    /// T1 of RFC 3261 section 17; the tests shorten it.
    pub t1: Duration,
}

/// Where Debian and its kin keep them.
const SYSTEM_AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

impl SipPlan {
    /// A plan with the defaults: UDP and TCP on `listen`, T1 500 ms.
    pub fn new(listen: SocketAddr, domain: impl Into<String>) -> Self {
        Self {
            listen: vec![listen],
            tcp: true,
            advertised: None,
            user_agent: concat!("obzvon/", env!("CARGO_PKG_VERSION")).to_owned(),
            domain: domain.into(),
            known: Vec::new(),
            ca_file: PathBuf::from(SYSTEM_AUTHORITIES),
            registrar: None,
            stamp: || Timestamp::UNIX_EPOCH,
            t1: Duration::from_millis(500),
        }
    }
}
