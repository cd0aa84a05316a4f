//! From a host in the plan or a message to an address (RFC 3263).

use std::net::{IpAddr, SocketAddr};

use rsipstack::resolver::SipResolver;
use rsipstack::resolver::sip_resolver::Target;
use rsipstack::sip::Domain;

use super::Wire;
use crate::sip::{Hop, SipError, Transport};

impl Wire {
    /// The address of a hop in a family we listen on. Without a port, the SRV records of a name are asked first (by
    /// priority, then by lot after their weight); NAPTR is not, since the plan names the transport.
    pub async fn resolve(&self, hop: &Hop) -> Result<SocketAddr, SipError> {
        let is_name = hop.host.parse::<IpAddr>().is_err();
        if is_name
            && hop.port.is_none()
            && let Some(to) = self.resolve_service(hop).await
        {
            return Ok(to);
        }
        self.resolve_host(&hop.host, hop.port.unwrap_or(hop.transport.default_port())).await
    }

    /// All the addresses a hop has: requests of its own may come from any of them.
    pub async fn addresses(&self, hop: &Hop) -> Result<Vec<IpAddr>, SipError> {
        if let Ok(ip) = hop.host.parse() {
            return Ok(vec![ip]);
        }
        let mut all = match hop.port {
            None => self.services(hop).await.into_iter().map(|target| target.addr.ip()).collect(),
            Some(_) => Vec::new(),
        };
        let port = hop.port.unwrap_or(hop.transport.default_port());
        match tokio::net::lookup_host((hop.host.as_str(), port)).await {
            Ok(found) => all.extend(found.map(|addr| addr.ip())),
            // A name may have services alone.
            Err(_) if !all.is_empty() => {}
            Err(source) => return Err(SipError::Resolve { host: hop.host.clone(), source }),
        }
        Ok(all)
    }

    async fn resolve_service(&self, hop: &Hop) -> Option<SocketAddr> {
        first_of_ours(&self.services(hop).await, &self.bound())
    }

    /// What the SRV records of a name come to, in their order.
    async fn services(&self, hop: &Hop) -> Vec<Target> {
        let resolver = self.resolver.get_or_init(SipResolver::new);
        let transport = Some(hop.transport.of_library());
        let secure = hop.transport == Transport::Tls;
        match resolver.lookup(&Domain::from(hop.host.as_str()), None, transport, secure).await {
            Ok(targets) => targets,
            Err(why) => {
                tracing::debug!(host = hop.host, why, "no SRV record");
                Vec::new()
            }
        }
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

/// The first target, in the order of the records, whose family we listen on.
fn first_of_ours(targets: &[Target], bound: &[SocketAddr]) -> Option<SocketAddr> {
    let ours = |to: &SocketAddr| bound.iter().any(|addr| addr.is_ipv4() == to.is_ipv4());
    targets.iter().map(|target| target.addr).find(ours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsipstack::resolver::sip_resolver::{LookupSource, SrvRecord, resolve_logic};

    /// A zone with two servers, the better one on IPv6 alone.
    struct Zone;

    #[async_trait::async_trait]
    impl LookupSource for Zone {
        async fn lookup_srv(&self, name: &str) -> Result<Vec<SrvRecord>, String> {
            assert_eq!(name, "_sip._udp.carrier.example");
            let record = |target: &str, port, priority| SrvRecord {
                target: target.to_owned(),
                port,
                priority,
                weight: 1,
            };
            Ok(vec![record("b.carrier.example", 5070, 20), record("a.carrier.example", 5080, 10)])
        }

        async fn lookup_a_aaaa(&self, name: &str) -> Result<Vec<IpAddr>, String> {
            let ip = if name.starts_with("a.") { "2001:db8::1" } else { "192.0.2.1" };
            Ok(vec![ip.parse().expect("an address")])
        }
    }

    #[tokio::test]
    async fn the_best_server_of_a_family_we_speak_is_taken() {
        let name = Domain::from("carrier.example");
        let targets = resolve_logic(&Zone, &name, None, Some(Transport::Udp.of_library()), false)
            .await
            .expect("targets");
        let bound = |text: &str| text.parse::<SocketAddr>().expect("an address");
        let first = |bound: &[SocketAddr]| first_of_ours(&targets, bound).map(|to| to.to_string());
        assert_eq!(first(&[bound("0.0.0.0:5060")]), Some("192.0.2.1:5070".to_owned()));
        let both = [bound("0.0.0.0:5060"), bound("[::]:5060")];
        assert_eq!(first(&both), Some("[2001:db8::1]:5080".to_owned()));
        assert_eq!(first(&[]), None);
    }
}
