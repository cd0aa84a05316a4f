//! Complaints and disputes: registered, taken, answered and closed, each with the holds that stand while it is open.

mod act;
mod angry;
mod ask;
mod debts;
mod file;
mod line;
mod open;
mod register;
mod trigger;

pub(super) use act::{answer_by_payment, reopen_by_reversal};
pub(super) use open::{Opening, open, open_of_hold, open_of_strangers, tie};
pub(super) use register::open_of_contact;
