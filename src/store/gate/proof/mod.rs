//! Proof: what was decided, dialled and written down stands as it was, and is decided again alike.

mod replay;
mod rows;
mod seal;
mod trace;
mod verify;

pub use replay::{Replayed, Same};
pub use rows::{BrokenRow, RowName, VerifiedRows, WrongRow};
pub use seal::{SealedDay, VerifiedDay};
pub use trace::{RulesThen, Said, Traced};
pub use verify::{Broken, Verified, Wrong};

pub(in crate::store) use rows::{OF_THE_HOUSE, Sealed, event_columns, seal, seal_attempt, seal_event};
