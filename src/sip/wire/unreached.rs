//! UDP peers that can't be reached, as ICMP tells: whoever waits for an answer from there is told at once instead of
//! after 64 × T1 (RFC 3261 section 18.4).

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsRawFd;
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::cmsg_space;
use nix::errno::Errno;
use nix::libc::{sock_extended_err, sockaddr_in6};
use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt};
use tokio::net::UdpSocket;
use tokio_util::sync::CancellationToken;

/// Peers held; more come only from an attack, and then nobody is told.
const MOST: usize = 4_096;

/// The peers somebody has sent to, each with what fires when it is found unreachable.
#[derive(Default)]
pub(super) struct Unreached(Mutex<HashMap<SocketAddr, CancellationToken>>);

impl Unreached {
    /// Fires when `to` is found unreachable from now on.
    pub fn token(&self, to: SocketAddr) -> CancellationToken {
        let mut all = self.lock();
        if all.len() >= MOST {
            all.clear();
        }
        all.entry(to).or_default().clone()
    }

    /// Tells all who wait for `to`.
    pub fn tell(&self, to: SocketAddr) {
        if let Some(token) = self.lock().remove(&to) {
            tracing::debug!(%to, "nobody there, says ICMP");
            token.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SocketAddr, CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks the kernel to keep what ICMP says of packets this socket has sent. Without it nothing is told.
pub(super) fn ask_for_errors(socket: &socket2::Socket, ipv4: bool) {
    let asked = if ipv4 {
        setsockopt(socket, sockopt::Ipv4RecvErr, &true)
    } else {
        setsockopt(socket, sockopt::Ipv6RecvErr, &true)
    };
    if let Err(error) = asked {
        tracing::debug!(%error, "ICMP errors are not told");
    }
}

/// An error that speaks of an earlier packet, perhaps to another peer.
pub(super) fn is_of_another_packet(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable
    )
}

/// The next ICMP error: the peer it speaks of, or `None` where it does not say that nobody is there.
///
/// # Errors
/// `WouldBlock` when there is none.
pub(super) fn next_error(socket: &UdpSocket) -> io::Result<Option<SocketAddr>> {
    let mut space = cmsg_space!(sock_extended_err, sockaddr_in6);
    let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
    // The packet itself is not wanted, so no room is given to it.
    let message = recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut [], Some(&mut space), flags)
        .map_err(io::Error::from)?;
    let gone = message.cmsgs().map_err(io::Error::from)?.any(|control| match control {
        ControlMessageOwned::Ipv4RecvErr(error, _) | ControlMessageOwned::Ipv6RecvErr(error, _) => {
            let errno = Errno::from_raw(i32::try_from(error.ee_errno).unwrap_or_default());
            matches!(errno, Errno::ECONNREFUSED | Errno::EHOSTUNREACH | Errno::ENETUNREACH)
        }
        _ => false,
    });
    Ok(message.address.filter(|_| gone).and_then(|address| peer(&address)))
}

fn peer(address: &SockaddrStorage) -> Option<SocketAddr> {
    if let Some(v4) = address.as_sockaddr_in() {
        return Some(SocketAddr::new(IpAddr::V4(v4.ip()), v4.port()));
    }
    address.as_sockaddr_in6().map(|v6| SocketAddr::new(IpAddr::V6(v6.ip()), v6.port()))
}
