//! What a person at the terminal sees of a demo: the live progress, and what the carrier has to say at the end.

mod carrier_table;
mod progress;

pub use carrier_table::carrier_table;
pub use progress::{Progress, Snapshot};
