//! UDP: one socket a family, one handle for the library.

use std::future::pending;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rsipstack::platform::net::UdpSocket as LibrarySocket;
use rsipstack::transport::SipConnection;
use rsipstack::transport::udp::UdpConnection;
use tokio::io::{Interest, Ready};
use tokio::net::UdpSocket;

use super::Wire;
use super::unreached::{Unreached, ask_for_errors, is_of_another_packet, next_error};
use crate::sip::guard::MAX_MESSAGE;
use crate::sip::ladder::Ladder;
use crate::sip::{SipError, SipPlan, Transport};

/// Kernel buffer asked for, in bytes: a burst of answers must not be lost while we are busy.
const KERNEL_BUFFER: usize = 4 << 20;

/// Errors of earlier packets that are passed over before one is believed to be of this packet.
const STALE_ERRORS: usize = 3;

pub(super) struct Udp {
    sockets: Vec<Arc<UdpSocket>>,
    connection: UdpConnection,
}

impl Udp {
    pub async fn bind(
        plan: &SipPlan,
        unreached: &Arc<Unreached>,
        ladder: &Arc<Ladder>,
    ) -> Result<Self, SipError> {
        let mut sockets = Vec::new();
        for &addr in &plan.listen {
            let bind = |source| SipError::Bind { transport: "UDP", addr, source };
            sockets.push(Arc::new(bind_one(addr).map_err(bind)?));
        }
        if sockets.is_empty() {
            return Err(SipError::ListensNowhere);
        }
        let (unreached, ladder) = (unreached.clone(), ladder.clone());
        let library = Arc::new(Outlet { sockets: sockets.clone(), unreached, ladder });
        let connection = UdpConnection::from_socket(library, None, None)
            .await
            .map_err(|source| SipError::Library { act: "taking our UDP socket", source })?;
        Ok(Self { sockets, connection })
    }

    pub fn connection(&self) -> SipConnection {
        SipConnection::Udp(self.connection.clone())
    }

    pub fn bound(&self) -> Vec<SocketAddr> {
        self.sockets.iter().filter_map(|socket| socket.local_addr().ok()).collect()
    }

    /// One reader a socket, until the stack closes.
    pub fn serve(&self, wire: &Arc<Wire>) {
        for socket in &self.sockets {
            wire.tasks.spawn(read(socket.clone(), wire.clone()));
        }
    }
}

fn bind_one(addr: SocketAddr) -> std::io::Result<UdpSocket> {
    use socket2::{Domain, Protocol, Socket, Type};
    let socket = Socket::new(Domain::for_address(addr), Type::DGRAM, Some(Protocol::UDP))?;
    if addr.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // The system may give less; that is no fault.
    socket.set_recv_buffer_size(KERNEL_BUFFER).ok();
    socket.set_send_buffer_size(KERNEL_BUFFER).ok();
    ask_for_errors(&socket, addr.is_ipv4());
    socket.set_nonblocking(true)?;
    socket.bind(&addr.into())?;
    UdpSocket::from_std(socket.into())
}

async fn read(socket: Arc<UdpSocket>, wire: Arc<Wire>) {
    let mut buffer = vec![0; MAX_MESSAGE];
    let over = wire.udp.connection();
    loop {
        let ready = tokio::select! {
            () = wire.closing.cancelled() => return,
            ready = socket.ready(Interest::READABLE | Interest::ERROR) => ready,
        };
        if ready.is_ok_and(Ready::is_error) {
            // `try_io` forgets the readiness once there is no more.
            while let Ok(peer) = socket.try_io(Interest::ERROR, || next_error(&socket)) {
                tell(&wire, peer);
            }
        }
        match socket.try_recv_from(&mut buffer) {
            Ok((length, source)) => {
                if let Some(answer) = wire.take(&buffer[..length], source, &over, Transport::Udp).await {
                    socket.send_to(&answer, source).await.ok();
                }
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) if is_of_another_packet(&error) => {
                while let Ok(peer) = next_error(&socket) {
                    tell(&wire, peer);
                }
            }
            // A passing fault of the socket must not become a busy loop.
            Err(error) => {
                tracing::warn!(%error, "reading UDP");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
}

fn tell(wire: &Wire, peer: Option<SocketAddr>) {
    if let Some(peer) = peer {
        wire.unreached.tell(peer);
    }
}

/// What the library sends through: the socket of the destination's family. It never reads.
struct Outlet {
    sockets: Vec<Arc<UdpSocket>>,
    unreached: Arc<Unreached>,
    ladder: Arc<Ladder>,
}

#[async_trait::async_trait]
impl LibrarySocket for Outlet {
    async fn recv_from(&self, _buf: &mut [u8]) -> rsipstack::Result<(usize, SocketAddr)> {
        pending().await
    }

    async fn send_to(&self, bytes: &[u8], to: SocketAddr) -> rsipstack::Result<usize> {
        let same_family =
            |s: &&Arc<UdpSocket>| s.local_addr().is_ok_and(|addr| addr.is_ipv4() == to.is_ipv4());
        let socket = self.sockets.iter().find(same_family);
        let socket = socket.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::AddrNotAvailable))?;
        self.ladder.note(true, to, bytes);
        for _ in 0..STALE_ERRORS {
            match socket.send_to(bytes, to).await {
                Err(error) if is_of_another_packet(&error) => {}
                sent => return Ok(sent?),
            }
        }
        let sent = socket.send_to(bytes, to).await;
        if sent.as_ref().is_err_and(is_of_another_packet) {
            // Every time: it is this peer that has no route.
            self.unreached.tell(to);
        }
        Ok(sent?)
    }

    fn local_addr(&self) -> rsipstack::Result<SocketAddr> {
        Ok(self.sockets[0].local_addr()?)
    }
}
