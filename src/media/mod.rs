//! The RTP engine: one plain thread per core shard walks its streams every 5 ms; tokio is not on the per-packet path.
//! Floor 3.
//!
//! In go clips to play, digits to send, and what SDP agreed on; out come events by a bounded channel and a report at
//! the end. [`MediaEngine::open`] binds a port pair before the INVITE leaves, [`Stream::connect`] tells where to
//! send, and again on every re-INVITE.

pub mod clip;
mod clock;
pub mod dtmf;
pub mod engine;
pub mod error;
pub mod event;
pub mod g711;
pub mod link;
mod live;
mod ports;
pub mod recording;
pub mod report;
mod rtp;
mod shard;
pub mod stream;

pub use clip::{Clip, ClipStore};
pub use engine::{MediaEngine, MediaPlan};
pub use error::{ClipError, MediaError};
pub use event::{MediaEvent, PlayId};
pub use link::StreamLink;
pub use live::{Replayed, replay};
pub use recording::RecordingPlan;
pub use report::StreamReport;
pub use shard::ShardFigures;
pub use stream::{Stream, StreamPlan};

/// Samples of a packet: 20 ms at 8 kHz, the packet time we send.
pub const FRAME: usize = 160;
