//! Proof: what was decided, dialled and written down stands as it was, and is decided again alike.

mod replay;
mod rows;
mod seal;
mod trace;
mod verify;
mod verify_rows;

pub use replay::{Replayed, Same};
pub use seal::{SealedDay, VerifiedDay};
pub use trace::{RulesThen, Said, Traced};
pub use verify::{Broken, Verified, Wrong};
pub use verify_rows::{BrokenRow, RowName, VerifiedRows, WrongRow};

pub(in crate::store) use rows::{event_columns, seal_attempt, seal_event};
