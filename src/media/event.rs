//! What a stream tells its owner.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::dtmf::DigitSource;
use crate::domain::verdict::Heard;

/// A prompt in play, named by its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PlayId(pub u64);

/// Something that happened on a stream. The queue is bounded: what does not fit is counted in the report.
#[derive(Clone, Debug, PartialEq)]
pub enum MediaEvent {
    /// A key, counted once whatever ways and times it arrived.
    Digit { digit: char, at: Instant, source: DigitSource },
    /// The last of `send_digits` has left.
    DigitsSent { at: Instant },
    /// The first packet with a sound has left: of a prompt, of music, or of whoever is bridged in.
    FirstAudioSent { at: Instant },
    /// The far end's first packet has come, and its source is being locked.
    FirstPacketReceived { at: Instant, from: SocketAddr },
    /// From the detector, in order of media time.
    Heard(Heard),
    /// A prompt has ended: all of it sent, or stopped. `percent` (0..=100) of its samples were sent.
    PlayEnded { id: PlayId, percent: u8, at: Instant },
    /// Nothing has been received for the stream's own, shorter time: told once, until something comes again.
    Quiet { silent_for: Duration },
    /// The recording has stopped by a fault (a full disk, say). The call goes on.
    RecordingFailed { why: String },
    /// Something has come after `Quiet`. `paused`: no packet was left out meanwhile, so that the far end sends nothing
    /// while nobody speaks, and had not been lost.
    Resumed { paused: bool },
    /// Nothing has been received for the plan's time-out, though the far end should be sending.
    Stale { silent_for: Duration },
}
