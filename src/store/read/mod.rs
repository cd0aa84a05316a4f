//! Looking things up: one person's file, reports, exports. All beside the writer.

mod attempts;
mod experiment;
mod ledger;
mod paid;
mod person;
mod promises;
mod report;
mod wear;

pub use attempts::{AttemptExport, AttemptFilter, AttemptRow};
pub use experiment::ExperimentLine;
pub use ledger::LedgerRow;
pub use person::{ContactFile, DebtFile, PersonFile, PhoneFile};
pub use promises::PromiseLine;
pub use report::{AttemptsLine, OutcomeLine, Period, ReactionLine};
pub use wear::Reacted;
