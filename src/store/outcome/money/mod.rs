//! Money: what came, what went back, and the promises it keeps.

mod pay;
mod promise;
mod rest;
mod reverse;
mod verdict;

pub(super) use promise::judge_again;
pub(super) use rest::{rest, rest_after_call};

pub use pay::{NewPayment, Paid};
pub use promise::{PromiseTerms, PromisesJudged};
pub use reverse::{NewReversal, Reversed};
