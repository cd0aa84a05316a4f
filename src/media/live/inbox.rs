//! Reading a socket dry with one system call.

use std::io::IoSliceMut;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::cmsg_space;
use nix::errno::Errno;
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, MultiHeaders, RecvMsg, SockaddrLike, SockaddrStorage, recvmmsg,
};
use nix::sys::time::TimeSpec;

/// Buffers that every stream of a shard takes turns with.
#[derive(Debug)]
pub(super) struct Inbox {
    headers: MultiHeaders<SockaddrStorage>,
    buffers: Box<[[u8; DATAGRAM]; BATCH]>,
}

/// One datagram as it came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Datagram<'a> {
    pub bytes: &'a [u8],
    pub from: SocketAddr,
    /// By the kernel's stamp, where the socket gives one: since 1970.
    pub arrived: Option<Duration>,
}

impl Inbox {
    pub fn new() -> Self {
        let headers = MultiHeaders::preallocate(BATCH, Some(cmsg_space!(TimeSpec)));
        Self { headers, buffers: Box::new([[0; DATAGRAM]; BATCH]) }
    }

    /// Hands every waiting datagram over, up to a bound that no honest far end reaches.
    pub fn read(&mut self, socket: &UdpSocket, mut take: impl FnMut(Datagram<'_>)) {
        for _ in 0..ROUNDS {
            let [a, b, c, d] = &mut *self.buffers;
            let mut slices = [a, b, c, d].map(|buffer| [IoSliceMut::new(buffer)]);
            let flags = MsgFlags::MSG_DONTWAIT;
            let received =
                match recvmmsg(socket.as_raw_fd(), &mut self.headers, slices.iter_mut(), flags, None) {
                    Ok(received) => received,
                    // An ICMP error of an earlier packet is reported once and says nothing of this call.
                    Err(Errno::ECONNREFUSED) => continue,
                    Err(_) => return,
                };
            let mut count = 0;
            for message in received {
                count += 1;
                let Some(from) = message.address.as_ref().and_then(address) else { continue };
                let bytes = message.iovs().next().unwrap_or_default();
                take(Datagram { bytes, from, arrived: stamp(&message) });
            }
            if count < BATCH {
                return;
            }
        }
    }
}

fn address(storage: &SockaddrStorage) -> Option<SocketAddr> {
    if let Some(v4) = storage.as_sockaddr_in() {
        return Some(SocketAddr::from((v4.ip(), v4.port())));
    }
    let v6 = storage.as_sockaddr_in6()?;
    // A socket of both families sees IPv4 in IPv6's clothes.
    Some(SocketAddr::new(IpAddr::V6(v6.ip()).to_canonical(), v6.port()))
}

fn stamp<S: SockaddrLike>(message: &RecvMsg<'_, '_, S>) -> Option<Duration> {
    message.cmsgs().ok()?.find_map(|control| match control {
        ControlMessageOwned::ScmTimestampns(at) => Some(Duration::from(at)),
        _ => None,
    })
}

const BATCH: usize = 4;
const ROUNDS: usize = 8;
/// Our packets are of 172 bytes; 60 ms of G.711 are 492.
const DATAGRAM: usize = 1500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_waiting_is_read_in_order_with_its_sender_and_stamp() {
        let ear = crate::media::ports::bound("127.0.0.1:0".parse().unwrap()).unwrap();
        let mouth = UdpSocket::bind("127.0.0.1:0").unwrap();
        for n in 0..10u8 {
            mouth.send_to(&[n; 3], ear.local_addr().unwrap()).unwrap();
        }
        let (mut inbox, mut seen) = (Inbox::new(), Vec::new());
        inbox.read(&ear, |datagram| {
            assert_eq!(datagram.from, mouth.local_addr().unwrap());
            assert!(datagram.arrived.is_some());
            seen.push(datagram.bytes.to_vec());
        });
        assert_eq!(seen, (0..10u8).map(|n| vec![n; 3]).collect::<Vec<_>>());
        inbox.read(&ear, |datagram| panic!("nothing is left, but {datagram:?}"));
    }
}
