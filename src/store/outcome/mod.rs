//! What came of things: finished attempts, attempts that a crash left open, holds, consents, payments.

mod finish;
mod hold;
mod pay;
mod promise;
mod rescue;
mod take_back;

pub use finish::{Closed, FinishRequest};
pub use hold::HoldRow;
pub use pay::{NewPayment, Paid};
pub use promise::{PromiseTerms, PromisesJudged};
pub use rescue::{Rescued, Whose};
pub use take_back::TakeBack;
