//! What an SDP exchange agreed on: where to send audio, and how.

use std::net::SocketAddr;

use super::Codec;

/// Which way audio flows, seen from us (RFC 3264 section 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Both,
    Inactive,
    ReceiveOnly,
    SendOnly,
}

/// The far end's media as agreed by offer and answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaTarget {
    /// Where to send RTP: the SDP's `c=` and `m=` lines.
    pub addr: SocketAddr,
    /// Where to send RTCP: `a=rtcp` (RFC 3605), else the next port; the same as `addr` with `a=rtcp-mux`.
    pub rtcp: SocketAddr,
    pub codec: Codec,
    /// Payload type of telephone events (RFC 4733), where both sides offer it.
    pub telephone_event: Option<u8>,
    pub direction: Direction,
}
