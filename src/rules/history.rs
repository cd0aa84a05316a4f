//! What is known of a person: the ledger's events, the holds and the consents, in a canonical order.

use std::collections::HashSet;

use jiff::Timestamp;

use super::consent::Consent;
use super::event::Event;
use super::hold::Hold;

/// A person's history over all phones, debts, campaigns and channels, and that of other persons on the same phone.
///
/// The order of the rows it was made from does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    events: Vec<Event>,
    holds: Vec<Hold>,
    consents: Vec<Consent>,
    high_water: Option<Timestamp>,
    unreadable: Option<String>,
}

impl History {
    /// Orders the rows and drops the events that later ones correct.
    pub fn new(mut events: Vec<Event>, mut holds: Vec<Hold>, mut consents: Vec<Consent>) -> Self {
        let corrected: HashSet<_> = events.iter().filter_map(|event| event.corrects).collect();
        if !corrected.is_empty() {
            events.retain(|event| !corrected.contains(&event.id));
        }
        events.sort_unstable();
        holds.sort_unstable();
        consents.sort_unstable();
        Self { events, holds, consents, high_water: None, unreadable: None }
    }

    /// A history that could not be read whole. Every decision on it is a denial.
    pub fn unreadable(why: impl Into<String>) -> Self {
        Self { unreadable: Some(why.into()), ..Self::default() }
    }

    /// Notes the time of the ledger's last write by anyone: a `now` before it means that the clock stepped back.
    pub fn with_high_water(mut self, last_write: Timestamp) -> Self {
        self.high_water = Some(last_write);
        self
    }

    /// The same history as it stood just before `at`: without what happened from then on. Holds and consents carry
    /// their own times.
    pub fn before(mut self, at: Timestamp) -> Self {
        self.events.retain(|event| event.at < at);
        self.high_water = self.high_water.filter(|&mark| mark <= at);
        self
    }

    /// The same history without the events that `gone` picks: as if they had never happened.
    pub fn without(mut self, gone: impl Fn(&Event) -> bool) -> Self {
        self.events.retain(|event| !gone(event));
        self
    }

    /// The events that stand, by time.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    pub fn holds(&self) -> &[Hold] {
        &self.holds
    }

    pub fn consents(&self) -> &[Consent] {
        &self.consents
    }

    /// The latest time that is known to have been, if any.
    pub fn high_water(&self) -> Option<Timestamp> {
        self.high_water.max(self.events.last().map(|event| event.at))
    }

    /// Why the history could not be read.
    pub fn why_unreadable(&self) -> Option<&str> {
        self.unreadable.as_deref()
    }
}
