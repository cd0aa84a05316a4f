//! UDP: one socket a family, one handle for the library.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rsipstack::platform::net::UdpSocket as LibrarySocket;
use rsipstack::transport::SipConnection;
use rsipstack::transport::udp::UdpConnection;
use tokio::net::UdpSocket;

use super::Wire;
use crate::sip::guard::MAX_MESSAGE;
use crate::sip::{SipError, SipPlan, Transport};

/// Kernel buffer asked for, in bytes: a burst of answers must not be lost while we are busy.
const KERNEL_BUFFER: usize = 4 << 20;

pub(super) struct Udp {
    sockets: Vec<Arc<UdpSocket>>,
    connection: UdpConnection,
}

impl Udp {
    pub async fn bind(plan: &SipPlan) -> Result<Self, SipError> {
        let mut sockets = Vec::new();
        for &addr in &plan.listen {
            let bind = |source| SipError::Bind { transport: "UDP", addr, source };
            sockets.push(Arc::new(bind_one(addr).map_err(bind)?));
        }
        if sockets.is_empty() {
            return Err(SipError::ListensNowhere);
        }
        let library = Arc::new(Outlet { sockets: sockets.clone() });
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
    socket.set_nonblocking(true)?;
    socket.bind(&addr.into())?;
    UdpSocket::from_std(socket.into())
}

async fn read(socket: Arc<UdpSocket>, wire: Arc<Wire>) {
    let mut buffer = vec![0; MAX_MESSAGE];
    let over = wire.udp.connection();
    loop {
        let received = tokio::select! {
            () = wire.closing.cancelled() => return,
            received = socket.recv_from(&mut buffer) => received,
        };
        match received {
            Ok((length, source)) => {
                if let Some(answer) = wire.take(&buffer[..length], source, &over, Transport::Udp).await {
                    socket.send_to(&answer, source).await.ok();
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

/// What the library sends through: the socket of the destination's family. It never reads.
struct Outlet {
    sockets: Vec<Arc<UdpSocket>>,
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
        Ok(socket.send_to(bytes, to).await?)
    }

    fn local_addr(&self) -> rsipstack::Result<SocketAddr> {
        Ok(self.sockets[0].local_addr()?)
    }
}
