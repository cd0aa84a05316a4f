//! What concerns this request: rules by their filters, events, holds and consents by scope.

use jiff::Timestamp;

use super::Case;
use super::clock_face::start_of_day;
use crate::domain::{DebtId, PersonId};
use crate::rules::coded::Coded;
use crate::rules::event::{Event, PhoneKey};
use crate::rules::preset::{Applies, Counted, Filter, Rule, Scope, ScopePart};
use crate::rules::{Consent, Hold, PhoneType};

/// Whose and what an entry is, as far as it tells.
struct Belongs<'a> {
    person: PersonId,
    debt: Option<DebtId>,
    phone: Option<PhoneKey>,
    creditor: Option<&'a str>,
}

impl Case<'_> {
    /// The request is one the rule is for.
    pub(super) fn concerns(&self, applies: &Applies) -> bool {
        let facts = self.facts;
        let phone_types = applies.phone_types;
        passes(applies.channels, facts.way.kind)
            && passes(applies.relations, facts.relation)
            && passes_type(phone_types, facts.phone.kind)
            && passes(applies.dial_modes, facts.way.dial_mode)
    }

    /// When the rule comes into force: at the first midnight of its date among the zones.
    pub(super) fn in_force_from(&self, rule: &Rule) -> Option<Timestamp> {
        let date = rule.applies.effective_from?;
        self.zones().iter().map(|zone| start_of_day(zone.tz(), date)).min()
    }

    /// The event is one that `counted` counts.
    pub(super) fn counts(&self, counted: &Counted, event: &Event) -> bool {
        counted.kinds.contains(event.kind)
            && self.in_scope(counted.scope, &belongs(event))
            && !(counted.honour_excluded && event.excluded)
            && event.phone.is_none_or(|phone| passes_type(counted.phone_types, phone.kind))
            && passes(counted.dial_modes, event.dial_mode)
    }

    pub(super) fn holds_in(&self, scope: Scope) -> impl Iterator<Item = &Hold> {
        self.history.holds().iter().filter(move |hold| {
            let Hold { person, debt, phone, .. } = **hold;
            self.in_scope(scope, &Belongs { person, debt, phone, creditor: None })
        })
    }

    /// The person's consents that cover this debt and phone.
    pub(super) fn consents(&self) -> impl Iterator<Item = &Consent> {
        self.history.consents().iter().filter(|consent| {
            consent.person == self.facts.person
                && consent.debt.is_none_or(|debt| debt == self.facts.debt)
                && consent.phone.is_none_or(|phone| phone == self.facts.phone.number)
        })
    }

    /// Every part of the scope is the same. A part that is not told may be the same: then the person decides.
    fn in_scope(&self, scope: Scope, entry: &Belongs<'_>) -> bool {
        let facts = self.facts;
        let same_person = entry.person == facts.person;
        (!scope.contains(ScopePart::Person) || same_person)
            && (!scope.contains(ScopePart::Debt) || entry.debt.map_or(same_person, |debt| debt == facts.debt))
            && (!scope.contains(ScopePart::Phone)
                || entry.phone.map_or(same_person, |phone| phone == facts.phone.number))
            && (!scope.contains(ScopePart::Creditor)
                || entry.creditor.map_or(same_person, |creditor| creditor == facts.creditor))
    }
}

fn belongs(event: &Event) -> Belongs<'_> {
    Belongs {
        person: event.person,
        debt: event.debt,
        phone: event.phone.map(|phone| phone.number),
        creditor: event.creditor.as_deref(),
    }
}

fn passes<T: Coded>(filter: Filter<T>, word: T) -> bool {
    filter.is_none_or(|words| words.contains(word))
}

/// A phone of unknown type may be any.
fn passes_type(filter: Filter<PhoneType>, kind: PhoneType) -> bool {
    kind == PhoneType::Unknown || passes(filter, kind)
}
