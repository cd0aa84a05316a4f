//! What an agent writes of a talk, and what follows from it.
//!
//! In go the kinds of disposition as the house has them ([`Dispositions`]), the agent's [`Form`] and what is known of the
//! call ([`Talk`]); out comes everything that is to be written down in one go ([`Follows`]), or every reason why not.

mod follows;
mod form;
mod plan;

pub use follows::{Follows, PAY_LINK, Talk, follow, talk_kind};
pub use form::{
    CallbackNo, Form, FormNo, FormPart, PromiseBounds, PromiseForm, PromiseNo, Takes, check_promise,
};
pub use plan::{DispositionPlan, Dispositions, Flag, Flags, NonPayment};
