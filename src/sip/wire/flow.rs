//! Where a request goes and what carries it.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::{Arc, PoisonError};

use rsipstack::sip::Transport as LibraryTransport;
use rsipstack::transport::{SipAddr, SipConnection};
use tokio_util::sync::CancellationToken;

use super::{Wire, stream};
use crate::sip::{SipError, Transport};

/// A way to one peer.
#[derive(Clone, Debug)]
pub(in crate::sip) struct Flow {
    pub to: SocketAddr,
    pub transport: Transport,
    /// The address of ours that stands in Via and Contact.
    pub home: SocketAddr,
    /// The dialog stays on this way, whatever Contact the far end names (a phone behind an address translator).
    pub(super) symmetric: bool,
    pub(super) connection: SipConnection,
    /// Fires when a TCP connection is gone, or a UDP peer found unreachable.
    pub(super) gone: Option<CancellationToken>,
}

impl Flow {
    /// Via's value (RFC 3261 section 8.1.1.7, RFC 3581).
    pub fn via(&self, branch: u64) -> String {
        let name = match self.transport {
            Transport::Tcp => "TCP",
            Transport::Tls => "TLS",
            Transport::Udp => "UDP",
        };
        format!("SIP/2.0/{name} {};branch=z9hG4bK{branch:016x};rport", self.home)
    }

    /// Contact's value for a user part.
    pub fn contact(&self, user: &str) -> String {
        let at = if user.is_empty() { "" } else { "@" };
        format!("<sip:{user}{at}{}{}>", self.home, self.transport.param())
    }

    /// The same way for all of a dialog.
    pub fn symmetric(self) -> Self {
        Self { symmetric: true, ..self }
    }

    pub fn is_gone(&self) -> bool {
        self.gone.as_ref().is_some_and(CancellationToken::is_cancelled)
    }

    /// Waits until the connection is gone, or the peer found unreachable.
    pub async fn lost(&self) {
        match &self.gone {
            Some(gone) => gone.cancelled().await,
            None => std::future::pending().await,
        }
    }

    pub(super) fn library_addr(&self) -> SipAddr {
        SipAddr { r#type: Some(self.transport.of_library()), addr: self.to.into() }
    }
}

impl Transport {
    /// Whether it is a connection, which both sides send on.
    pub(in crate::sip) fn is_stream(self) -> bool {
        match self {
            Self::Tcp | Self::Tls => true,
            Self::Udp => false,
        }
    }

    /// As a parameter of a URI.
    pub(in crate::sip) fn param(self) -> &'static str {
        match self {
            Self::Tcp => ";transport=tcp",
            Self::Tls => ";transport=tls",
            Self::Udp => "",
        }
    }

    /// The port where none is named (RFC 3261 section 19.1.2).
    pub(in crate::sip) fn default_port(self) -> u16 {
        match self {
            Self::Tcp | Self::Udp => 5060,
            Self::Tls => 5061,
        }
    }

    pub(in crate::sip) fn of_library(self) -> LibraryTransport {
        match self {
            Self::Tcp => LibraryTransport::Tcp,
            Self::Tls => LibraryTransport::Tls,
            Self::Udp => LibraryTransport::Udp,
        }
    }
}

impl Wire {
    /// The way to `to`, which is `host`'s address; over a stream the open connection, or a new one.
    pub async fn flow(
        self: &Arc<Self>,
        to: SocketAddr,
        transport: Transport,
        host: &str,
    ) -> Result<Flow, SipError> {
        let home = self.home(to)?;
        self.budget.lock().unwrap_or_else(PoisonError::into_inner).befriend(to.ip());
        match transport {
            Transport::Udp => {
                let gone = Some(self.unreached.token(to));
                let connection = self.udp.connection();
                Ok(Flow { to, transport, home, symmetric: false, connection, gone })
            }
            Transport::Tcp | Transport::Tls => {
                let name = (transport == Transport::Tls).then(|| host.trim_matches(['[', ']']));
                let (connection, gone) = stream::connect(self, to, name).await?;
                Ok(Flow { to, transport, home, symmetric: false, connection, gone: Some(gone) })
            }
        }
    }

    /// Our own address as `to` should see it.
    fn home(&self, to: SocketAddr) -> Result<SocketAddr, SipError> {
        let same_family = |addr: &SocketAddr| addr.is_ipv4() == to.is_ipv4();
        let bound = self.bound().into_iter().find(same_family).ok_or(SipError::NoFamily { to })?;
        let advertised = self.plan.advertised.filter(|ip| ip.is_ipv4() == to.is_ipv4());
        let ip = advertised.unwrap_or(if bound.ip().is_unspecified() {
            outward(to, bound.ip())
        } else {
            bound.ip()
        });
        Ok(SocketAddr::new(ip, bound.port()))
    }
}

/// The address the system would send from; nothing is sent.
fn outward(to: SocketAddr, any: IpAddr) -> IpAddr {
    let asked = UdpSocket::bind((any, 0)).and_then(|socket| socket.connect(to).and(socket.local_addr()));
    asked.map_or(any, |addr| addr.ip())
}
