//! One thread and its streams.

mod act;
mod live;
mod patch;
mod thread;

pub(super) use act::{Act, StreamId};
pub(super) use live::Live;
pub(super) use patch::Patch;
pub(super) use thread::{Shard, ShardLink};
