//! What came of things: finished attempts, attempts that a crash left open, payments, what the creditor is told.

mod dispose;
mod finish;
mod pay;
mod promise;
mod rescue;
mod sent;
mod take_back;

pub use dispose::{DisposeRequest, Disposed};
pub(super) use finish::react_to_call;
pub use finish::{Closed, FinishRequest};
pub use pay::{NewPayment, Paid};
pub use promise::{PromiseTerms, PromisesJudged};
pub use rescue::{Rescued, Whose};
pub use take_back::TakeBack;
