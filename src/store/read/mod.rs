//! Looking things up: one person's file, reports, exports. All beside the writer.

mod attempts;
mod beside;
mod call_line;
mod ledger;
mod person;
mod report;
mod settling;
mod view;

pub use attempts::{AttemptExport, AttemptFilter, AttemptRow, Ears};
pub use beside::{BesideRow, Sharer};
pub use call_line::{CALLS_A_PAGE, CallFilter, CallKeys, CallLine, CallPage, CountedAs};
pub use ledger::LedgerRow;
pub use person::{ContactFile, DebtFile, PersonFile, PhoneFile};
pub use report::{
    AttemptsLine, DayCalls, EconomicsFacts, ExperimentLine, LeftOut, OutcomeLine, Period, PromiseLine,
    Reacted,
};
pub use settling::{PaymentRow, PromiseRow};
pub use view::View;
