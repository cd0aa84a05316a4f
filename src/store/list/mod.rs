//! The lists: people and debts that come in, contacts made of them, whose turn it is, and what they
//! are called.

mod callers;
mod claim;
mod compare;
mod fill;
mod imported;
mod merge;
mod names;
mod people;
mod replan;
mod service;
mod stage;
mod whereabouts;
mod why_not;

pub use callers::QueuedCaller;
pub(super) use callers::{MOST, creditors, queued};
pub use claim::{ClaimedContact, ClaimedPhone, TriedBefore};
pub use compare::Comparison;
pub use fill::{Candidate, FillPlan, Filled, Lot, NEEDS_AGENT, Placement, UNNAMED, UNSPEAKABLE};
pub use imported::{ImportSaid, ImportedList};
pub use names::{ToAsk, ToTell};
pub use replan::Parked;
pub use service::{ServiceQueued, ServiceWish};
pub use stage::ImportRun;
pub use why_not::WhyNot;

pub(in crate::store) use claim::number;
pub(in crate::store) use whereabouts::whereabouts;
