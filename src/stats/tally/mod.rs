//! What is counted of a debt's actions, in cells that add up: what the reports read instead of every row.
//!
//! In go a debt's actions and payments and how long each channel is believed; out come cells (a day, a channel, a kind
//! of debt …) with their sums. The sums of many debts, days and cells are those of the whole.

mod basis;
mod cell;
mod count;
mod facts;
mod link;
mod state;
mod step;
mod table;
mod talk;

pub use basis::Basis;
pub use cell::{Age, Cell, Counted, DayPart, Key, day_of, month_of};
pub use count::count;
pub use facts::{ActionFact, CallFact, DebtFacts, OutsideFact, PaymentFact, PromiseState, TalkFact, What};
pub use link::linked_in;
pub use state::{StateCall, StateFact, count_change, count_stretch};
pub use step::{OpenCall, STEP_S, count_open, step_begins, step_of};
pub use table::{
    ACCOUNT, ACCOUNT_MONTH, AGENT_PAID, CALL, COST, Counting, EFFECT, NEVER, PAYMENT, REACTIONS, STATE,
    STATE_STEP, STEP, Spans, TALK, TALLIES, Tally, USE, WAIT,
};
