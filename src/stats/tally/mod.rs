//! What is counted of a debt's actions, in cells that add up: what the reports read instead of every row.
//!
//! In go a debt's actions and payments and how long each channel is believed; out come cells (a day, a channel, a kind
//! of debt …) with their sums. The sums of many debts, days and cells are those of the whole.

mod cell;
mod count;
mod facts;
mod table;

pub use cell::{Age, Cell, Counted, DayPart, Key, day_of, month_of};
pub use count::count;
pub use facts::{ActionFact, CallFact, DebtFacts, PaymentFact, PromiseState, What};
pub use table::{ACCOUNT, CALL, EFFECT, REACTIONS, TALLIES, Tally, USE};
