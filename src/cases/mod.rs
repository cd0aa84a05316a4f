//! Complaints and disputes as cases: what kinds there are, when each is due, what may be done to it, and what the
//! figures about them divide. Floor 2: working days are the rules' calendars'.
//!
//! No case closes by itself: [`State::after`] is the only way on, and every act in it is somebody's. While a case is open
//! a hold of [`Kind::hold`] stands for its person; the store sets and lifts it with the act itself.

mod act;
mod file;
mod history;
mod kind;
mod number;
mod register;
mod terms;
mod trigger;
mod words;

pub use act::{Act, ActCode, Acted, Deed, LONGEST_WORDS, Refused, State};
pub use file::{CaseActRow, CaseCall, CaseContact, CaseDebt, CaseFile, CaseFilter, CaseLine};
pub use history::{BY_PAYMENT, not_sent, word_gone, word_of};
pub use kind::Kind;
pub use number::Number;
pub use register::{NewCase, OLDEST_DAYS, Registered, Source};
pub use terms::{Standing, Terms};
pub use trigger::{AngryCall, By, TriggerLine};
