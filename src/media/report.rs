//! What a stream did in its life.

use std::time::{Duration, Instant};

use crate::domain::verdict::Verdict;

/// The sums of one stream, given when it closes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamReport {
    /// RTP packets sent.
    pub sent: u64,
    /// Valid RTP packets received from the locked source.
    pub received: u64,
    /// Packets expected by sequence numbers and never received (RFC 3550 A.3); 0 where duplicates outweigh losses.
    pub lost: u64,
    /// Interarrival jitter (RFC 3550 section 6.4.1).
    pub jitter: Duration,
    /// Packets of other sources, dropped.
    pub foreign: u64,
    /// Datagrams that are neither RTP nor RTCP.
    pub malformed: u64,
    /// Frames that came too late for their turn.
    pub late: u64,
    /// Packets of ours the far end says it lost, of its last receiver report.
    pub lost_at_far_end: Option<u32>,
    /// Round trip by the last receiver report (RFC 3550 section 6.4.1).
    pub round_trip: Option<Duration>,
    /// When the first packet of the first prompt left.
    pub first_audio: Option<Instant>,
    /// When the far end's first packet came.
    pub first_received: Option<Instant>,
    /// The detector's last verdict.
    pub verdict: Option<Verdict>,
    /// Events that found the owner's queue full.
    pub events_dropped: u64,
    /// Whole seconds of the recording, if one was made.
    pub recorded: Option<Duration>,
}
