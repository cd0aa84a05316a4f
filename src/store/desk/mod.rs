//! Live agents: what each did when, the calls agreed with people, and where the phones are.

mod assignment;
mod call;
mod callback;
mod day;
mod due;
mod due_kind;
mod file;
mod paid;
mod phone;
mod silence;
mod state;
mod supervision;
mod times;
mod transfer;

pub use assignment::{AgentResult, Assigned};
pub use call::{CallMark, Complained, Previewed};
pub use callback::{AGREED, CallbackRow, CallbackWhy, NewCallback};
pub(super) use callback::{
    book, cancel_for_promise, cancel_of_debt, cancel_of_person, cancel_offered, hold_for_callback,
};
pub use day::AgentDay;
pub use due::AgreedContact;
pub(super) use due::{call_agreed, not_made};
pub use due_kind::{DueBy, DueKind};
pub use file::{DeskAttempt, DeskFile, PromiseMade};
pub use paid::{AskedPaid, Question};
pub use phone::PhoneRow;
pub use silence::RecordingMarkRow;
pub use state::{AgentChange, AgentMark, LeftAgent};
pub use supervision::SupervisionRow;
pub use times::AgentTimes;
pub use transfer::TransferRow;
