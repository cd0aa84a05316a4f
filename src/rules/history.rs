//! What is known of a person: the ledger's events, the holds and the consents, in a canonical order.

use std::collections::HashSet;

use jiff::Timestamp;

use super::consent::Consent;
use super::event::{Event, EventKind};
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

    /// The same history once a call is over and written up as `kinds`, which take the place of what the ledger says it came to,
    /// if it says anything yet. They stand at the time of its reservation; `call` is its entry where nothing was reserved, for he
    /// called us.
    pub fn once_over(mut self, call: Event, kinds: &[EventKind]) -> Self {
        if call.attempt.is_some() {
            self.events.retain(|event| event.attempt != call.attempt || event.kind == EventKind::InFlight);
        }
        let reserved = |event: &&Event| event.kind == EventKind::InFlight && event.attempt == call.attempt;
        let entry = self.events.iter().find(reserved).cloned().unwrap_or(call);
        self.events.extend(kinds.iter().map(|&kind| Event { kind, ..entry.clone() }));
        self.events.sort_unstable();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AttemptId, EventId, PersonId};

    fn event(id: i64, second: i64, kind: EventKind, attempt: i64) -> Event {
        let at = Timestamp::from_second(second).expect("a time");
        Event { attempt: Some(AttemptId(attempt)), ..Event::new(EventId(id), at, kind, PersonId(1)) }
    }

    #[test]
    fn a_call_that_goes_on_is_over_at_the_time_of_its_first_reservation() {
        let reserved = event(1, 100, EventKind::InFlight, 7);
        let renewed = event(2, 160, EventKind::InFlight, 7);
        let others = event(3, 120, EventKind::InFlight, 8);
        let before = History::new(vec![renewed, others, reserved.clone()], Vec::new(), Vec::new());
        let over = before.once_over(event(0, 400, EventKind::InFlight, 7), &[EventKind::Conversation]);
        let said: Vec<_> =
            over.events().iter().filter(|event| event.kind == EventKind::Conversation).collect();
        assert_eq!(said, [&Event { kind: EventKind::Conversation, ..reserved }]);
    }

    #[test]
    fn a_call_that_has_ended_is_counted_once() {
        let reserved = event(1, 100, EventKind::InFlight, 7);
        let said = event(2, 100, EventKind::AnsweredUnknown, 7);
        let another = event(3, 90, EventKind::Conversation, 8);
        let before = History::new(vec![reserved.clone(), said, another.clone()], Vec::new(), Vec::new());
        let over = before.once_over(event(0, 400, EventKind::InFlight, 7), &[EventKind::Conversation]);
        let talks: Vec<_> = over.events().iter().filter(|event| event.kind != EventKind::InFlight).collect();
        assert_eq!(talks, [&another, &Event { kind: EventKind::Conversation, ..reserved }]);
    }

    #[test]
    fn a_call_of_his_own_stands_at_its_own_time() {
        let call = event(0, 400, EventKind::InFlight, 9);
        let over = History::default().once_over(call.clone(), &[EventKind::InboundConversation]);
        assert_eq!(over.events(), [Event { kind: EventKind::InboundConversation, ..call }]);
    }
}
