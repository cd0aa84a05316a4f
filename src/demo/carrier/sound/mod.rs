//! What a callee's line sounds like, and what it hears: sounds, RTP, keys and the ear. All at 8 kHz, 20 ms a frame.

pub mod ear;
pub mod g711;
pub mod keys;
pub mod line;
pub mod rtp;
pub mod synth;

/// Samples in a frame of 20 ms at 8 kHz.
pub const FRAME: usize = 160;
