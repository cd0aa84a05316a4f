//! From a host in the plan to an address.

use std::net::{IpAddr, SocketAddr};

use super::Wire;
use crate::sip::{Hop, SipError};

impl Wire {
    /// The first address of a hop in a family we listen on. The plan always names the port, so no SRV record is asked.
    pub async fn resolve(&self, hop: &Hop) -> Result<SocketAddr, SipError> {
        self.resolve_host(&hop.host, hop.port).await
    }

    /// The same for the host of a URI.
    pub async fn resolve_host(&self, host: &str, port: u16) -> Result<SocketAddr, SipError> {
        if let Ok(ip) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
            return Ok(SocketAddr::new(ip, port));
        }
        let found = tokio::net::lookup_host((host, port)).await;
        let found = found.map_err(|source| SipError::Resolve { host: host.to_owned(), source })?;
        let bound = self.bound();
        let ours = |addr: &SocketAddr| bound.iter().any(|b| b.is_ipv4() == addr.is_ipv4());
        found.into_iter().find(ours).ok_or_else(|| SipError::NoAddress { host: host.to_owned() })
    }
}
