//! What came of things: finished attempts, attempts that a crash left open, payments, what the creditor is told.

mod dispose;
mod finish;
mod money;
mod rescue;
mod sent;
mod take_back;

pub use dispose::{DisposeRequest, Disposed};
pub(super) use finish::react_to_call;
pub use finish::{Closed, FinishRequest};
pub use money::{NewPayment, NewReversal, Paid, PromiseTerms, PromisesJudged, Reversed};
pub use rescue::{Rescued, Whose};
pub use take_back::TakeBack;
