//! A trunk as the signalling sees it: where to send, who we are there.

use std::time::Duration;

use secrecy::SecretString;

use super::message::draft::uri_host;

/// How messages travel. WebSocket has its place here once it is built; until then the configuration refuses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    Tcp,
    /// We are the client: the carrier's requests come on the connection we have opened.
    Tls,
    Udp,
}

/// A host and port to send to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hop {
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    pub host: String,
    /// `None`: by SRV (RFC 3263), else 5060, or 5061 for TLS.
    pub port: Option<u16>,
    pub transport: Transport,
}

impl Hop {
    /// As a URI writes it.
    pub(super) fn host_port(&self) -> String {
        let host = uri_host(&self.host);
        self.port.map_or_else(|| host.clone(), |port| format!("{host}:{port}"))
    }
}

/// A user and password for digest authentication (RFC 8760).
#[derive(Clone, Debug)]
pub struct Credentials {
    pub user: String,
    pub password: SecretString,
}

/// Session timers (RFC 4028) we ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTimer {
    /// Session-Expires we offer; at least 90 s.
    pub expires: Duration,
    /// Min-SE we accept; at least 90 s but in tests.
    pub min: Duration,
}

/// A trunk: its own address stands in the Request-URI and To.
#[derive(Clone, Debug)]
pub struct TrunkTarget {
    pub hop: Hop,
    /// Where messages go instead of `hop`, with `hop` still in the Request-URI.
    pub outbound_proxy: Option<Hop>,
    pub credentials: Option<Credentials>,
    /// The host of From; the stack's domain where absent.
    pub from_host: Option<String>,
    /// The trunk takes TCP as well: requests over 1,300 bytes go by it (RFC 3261 section 18.1.1).
    pub tcp_for_large: bool,
    /// Absent: no `Session-Expires` is offered, the far end's is still honoured.
    pub session_timer: Option<SessionTimer>,
    /// A registered phone's Contact: it is the Request-URI, and every request goes to `hop`, where the phone registered
    /// from, over its own connection.
    pub phone: Option<String>,
    /// It may ask us to hand its call on (REFER). Whoever is at a trunk's far end may not: he would move a call of ours.
    pub takes_refer: bool,
    /// Offer reliable provisional responses (RFC 3262).
    pub reliable_provisionals: bool,
}

impl TrunkTarget {
    /// A trunk without credentials, proxy or session timer.
    pub fn new(host: impl Into<String>, port: impl Into<Option<u16>>, transport: Transport) -> Self {
        Self {
            hop: Hop { host: host.into(), port: port.into(), transport },
            outbound_proxy: None,
            credentials: None,
            from_host: None,
            tcp_for_large: false,
            session_timer: None,
            phone: None,
            takes_refer: false,
            reliable_provisionals: true,
        }
    }
}
