//! RTP port pairs: an even port and the odd one after it (RFC 3550 section 11).

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};

use nix::sys::socket::{setsockopt, sockopt};
use socket2::{Domain, Protocol, Socket, Type};

use super::MediaError;

/// Hands out port pairs round the range, so that a port just given back rests before its next call: late packets
/// of the old one do not reach the new one.
#[derive(Debug)]
pub(super) struct Ports {
    bind: IpAddr,
    first: u16,
    pairs: usize,
    next: AtomicUsize,
}

/// The bound sockets of one stream, both non-blocking.
#[derive(Debug)]
pub(super) struct PortPair {
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
    /// The RTP socket's address.
    pub local: SocketAddr,
}

impl Ports {
    pub fn new(bind: IpAddr, range: RangeInclusive<u16>) -> Result<Self, MediaError> {
        let (first, last) = (*range.start(), *range.end());
        let even = u32::from(first) + u32::from(first % 2);
        let pairs = (u32::from(last) + 1).saturating_sub(even) / 2;
        if even == 0 || pairs == 0 {
            return Err(MediaError::PortRange { first, last });
        }
        let start = rand::random_range(0..pairs);
        Ok(Self { bind, first: even as u16, pairs: pairs as usize, next: AtomicUsize::new(start as usize) })
    }

    /// Binds the next free pair. Ports taken by others are passed over, each tried once.
    pub fn bind(&self) -> Result<PortPair, MediaError> {
        let mut last_error = io::Error::from(io::ErrorKind::AddrInUse);
        for _ in 0..self.pairs {
            let at = self.next.fetch_add(1, Ordering::Relaxed) % self.pairs;
            match self.pair(self.first + 2 * at as u16) {
                Ok(pair) => return Ok(pair),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => last_error = error,
                // No descriptors left, no such address: the next port would not help.
                Err(source) => return Err(MediaError::Bind { bind: self.bind, tried: 1, source }),
            }
        }
        Err(MediaError::Bind { bind: self.bind, tried: self.pairs, source: last_error })
    }

    fn pair(&self, port: u16) -> io::Result<PortPair> {
        let rtp = bound(SocketAddr::new(self.bind, port))?;
        let rtcp = bound(SocketAddr::new(self.bind, port + 1))?;
        let local = rtp.local_addr()?;
        Ok(PortPair { rtp, rtcp, local })
    }
}

pub(super) fn bound(addr: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(addr), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    socket.bind(&addr.into())?;
    // The kernel's arrival stamps measure jitter that is the network's, not ours.
    setsockopt(&socket, sockopt::ReceiveTimestampns, &true)?;
    // Voice is marked Expedited Forwarding (RFC 4594 section 4.1); a host that forbids it still carries calls.
    let marked = match addr {
        SocketAddr::V4(_) => socket.set_tos_v4(EXPEDITED),
        SocketAddr::V6(_) => socket.set_tclass_v6(EXPEDITED),
    };
    if let Err(error) = marked {
        tracing::debug!(%error, "RTP leaves unmarked");
    }
    Ok(socket.into())
}

/// DSCP 46 in the upper six bits.
const EXPEDITED: u32 = 46 << 2;

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn pairs_are_even_and_odd_and_one_taken_is_passed_over() {
        let ports = Ports::new(LOOPBACK, 31901..=31930).unwrap();
        let pairs: Vec<_> = std::iter::from_fn(|| ports.bind().ok()).collect();
        // Others may hold some of them; none is given twice.
        let mut seen: Vec<u16> = pairs.iter().map(|pair| pair.local.port()).collect();
        for pair in &pairs {
            assert_eq!(pair.local.port() % 2, 0);
            assert_eq!(pair.rtcp.local_addr().unwrap().port(), pair.local.port() + 1);
        }
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), pairs.len());
        assert!(matches!(ports.bind(), Err(MediaError::Bind { tried: 14, .. })));
        drop(pairs);
        assert!(ports.bind().is_ok());
    }

    #[test]
    fn a_range_without_a_pair_is_refused() {
        for (first, last) in [(12001, 12002), (12000, 12000), (5, 4)] {
            let range = first..=last;
            assert!(Ports::new(LOOPBACK, range.clone()).is_err(), "{range:?}");
        }
    }
}
