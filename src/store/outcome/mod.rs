//! What came of things: finished attempts, attempts that a crash left open, payments, what the creditor is told.

mod dispose;
mod finish;
mod money;
mod rescue;
mod sent;
mod take_back;
mod told_reaction;

pub use dispose::{DisposeRequest, Disposed};
pub(super) use finish::react_to_call;
pub use finish::{Closed, FinishRequest};
pub use money::{NewPayment, NewReversal, Paid, PromiseTerms, PromisesJudged, Reversed};
pub(super) use rescue::LEASE as NODE_LEASE;
pub use rescue::{Rescued, Whose};
pub use take_back::TakeBack;
pub(super) use told_reaction::{note_reaction, note_told};
