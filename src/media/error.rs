//! What can go wrong with media.

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;

/// A fault of the RTP engine.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error("binding an RTP port pair on {bind}: none of {tried} pairs is free")]
    Bind { bind: IpAddr, tried: usize, source: io::Error },
    /// The shard's command queue is full: it is overloaded. The same act may be tried again.
    #[error("media shard {shard} is overloaded")]
    Busy { shard: usize },
    #[error("media shard {shard} has stopped")]
    Gone { shard: usize },
    #[error("{found:?} is not a telephone key (0–9, *, #, A–D)")]
    NotAKey { found: char },
    #[error("port range {first}–{last} holds no even port with an odd one after it")]
    PortRange { first: u16, last: u16 },
    #[error("starting the media thread {name}")]
    Thread { name: String, source: io::Error },
}

impl MediaError {
    /// Whether the same act may succeed a moment later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Bind { .. } | Self::Busy { .. } => true,
            Self::Gone { .. } | Self::NotAKey { .. } | Self::PortRange { .. } | Self::Thread { .. } => false,
        }
    }
}

/// A prompt that cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ClipError {
    #[error("prompt {}: {found} Hz, {channels} channels, {bits} bits; wanted 8000 Hz, mono, 16-bit PCM", path.display())]
    Format { path: PathBuf, found: u32, channels: u16, bits: u16 },
    #[error("prompt {id:?} leaves the prompt folder")]
    Outside { id: String },
    #[error("reading prompt {}", path.display())]
    Read { path: PathBuf, source: hound::Error },
}
