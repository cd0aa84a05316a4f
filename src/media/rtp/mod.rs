//! RTP (RFC 3550) on the receiving side: whose packets count, how many were lost, in what order they are heard.

mod jitter_buffer;
mod reception;
pub(super) mod rtcp;
mod source;

pub(super) use jitter_buffer::JitterBuffer;
pub(super) use reception::{Block, Reception};
pub(super) use source::Source;
