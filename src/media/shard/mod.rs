//! One thread and its streams.

mod act;
mod figures;
mod roster;
mod thread;

pub(super) use act::{Act, StreamId};
pub(super) use figures::Figures;
pub use figures::ShardFigures;
pub(super) use thread::{Shard, ShardLink};
