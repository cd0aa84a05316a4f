//! Contact rules: may this person be contacted in this way now, and if not, when.
//!
//! In go a flattened [`Preset`], [`Calendars`], the [`Facts`] of the request, the person's [`History`] and the
//! time; out comes a [`Decision`] with the verdict of every rule. [`decide`] is pure: the same arguments give the
//! same decision, which is what makes a decision provable years later. Presets are data (`config/rules/`).
//!
//! All intervals are half-open. Zones are used at the edges only; hours that elapse never touch local time.

mod coded;

pub mod calendar;
pub mod classify;
pub mod consent;
pub mod decide;
pub mod decision;
pub mod event;
pub mod explain;
pub mod facts;
pub mod history;
pub mod hold;
pub mod limits;
pub mod lint;
pub mod preset;
pub mod shipped;
pub mod spot;
pub mod tighter;
pub mod zone;

pub use calendar::{Calendar, Calendars};
pub use classify::{Called, event_kinds, holds_from, holds_of_stop};
pub use coded::Set;
pub use consent::{Consent, ConsentKind};
pub use decide::{allowed_until, decide};
pub use decision::{Decision, Verdict};
pub use event::{Agent, Event, EventKind, PhoneKey};
pub use explain::{Explanation, explain, on_clocks};
pub use facts::{
    CliStatus, DialMode, Facts, LocalRange, Override, Phone, PhoneType, Relation, Tally, Way, WayKind,
};
pub use history::History;
pub use hold::{Hold, HoldKind, chain_of, latest_end};
pub use preset::{Preset, Presets, Rule, RuleId, RuleKind};
pub use shipped::Caution;
pub use zone::{Zone, ZoneSet};
