//! The gate: the only place where a dial is allowed, and the proof of every decision made there.

mod case;
mod history;
mod ledger;
mod past;
mod permit;
mod proof;
mod record;
mod recount;
mod reserve;
mod tally;

pub use ledger::{Corrected, NewEvent};
pub use past::{Past, PastContact, Recorded};
pub use permit::{Dial, DialPermit, Expired};
pub use proof::{
    Broken, BrokenRow, Replayed, RowName, RulesThen, Said, Same, SealedDay, Traced, Verified, VerifiedDay,
    VerifiedRows, Wrong, WrongRow,
};
pub use record::RulesInForce;
pub use reserve::{Gone, NoDial, ReserveRequest, Reserved};

pub(in crate::store) use history::{holds_of, load_history};
pub(in crate::store) use ledger::{append_event, call_event, correct_call};
pub(in crate::store) use proof::{OF_THE_HOUSE, Sealed, seal, seal_attempt};
pub(in crate::store) use recount::{Open, denied_since};
