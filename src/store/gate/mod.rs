//! The gate: the only place where a dial is allowed, and the proof of every decision made there.

mod history;
mod ledger;
mod past;
mod permit;
mod record;
mod replay;
mod reserve;
mod seal;
mod trace;
mod verify;

pub use ledger::{Corrected, NewEvent};
pub use past::{Past, PastContact, Recorded};
pub use permit::{Dial, DialPermit, Expired};
pub use record::RulesInForce;
pub use replay::{Replayed, Same};
pub use reserve::{Gone, ReserveRequest, Reserved};
pub use seal::{SealedDay, VerifiedDay};
pub use trace::{Said, Traced};
pub use verify::{Broken, Verified, Wrong};

pub(in crate::store) use history::load_history;
pub(in crate::store) use ledger::{append_event, call_event};
