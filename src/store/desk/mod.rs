//! Live agents: what each did when, the calls agreed with people, and where the phones are.

mod callback;
mod phone;
mod state;
mod times;

pub(super) use callback::cancel_of_debt;
pub use callback::{CallbackRow, CallbackWhy, NewCallback};
pub use phone::PhoneRow;
pub use state::{AgentChange, AgentMark};
pub use times::AgentTimes;
