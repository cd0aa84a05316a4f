//! One thread and its streams.

mod act;
mod figures;
mod inbox;
mod live;
mod outlet;
mod patch;
mod player;
mod receiving;
mod roster;
mod sending;
mod thread;

pub(super) use act::{Act, StreamId};
pub use figures::ShardFigures;
pub(super) use live::{Live, Opening};
pub(super) use patch::Patch;
pub(super) use thread::{Shard, ShardLink};
