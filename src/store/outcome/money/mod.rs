//! Money: what came, what went back, and the promises it keeps.

mod pay;
mod promise;
mod reverse;
mod verdict;

pub(super) use promise::judge_again;

pub use pay::{NewPayment, Paid};
pub use promise::{PromiseTerms, PromisesJudged};
pub use reverse::{NewReversal, Reversed};
