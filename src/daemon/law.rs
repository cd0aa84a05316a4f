//! When a person may be called who asks for a call: the rules and the campaign, on what the ledger has now.

use jiff::Timestamp;

use super::house::{House, Plans};
use crate::campaign::{Calendar, CampaignPlan, Hours, ask, earliest};
use crate::domain::{AttemptId, EventId, Language, PhoneNumber};
use crate::rules::explain::{Grounds, explain};
use crate::rules::{self, DialMode, Event, EventKind, Facts, History, PhoneKey};
use crate::store::{ClaimedContact, RulesInForce, StoreError};

/// What the rules are asked of another call to a contact, and all that they go by.
#[derive(Debug)]
pub struct Law {
    rules: RulesInForce,
    calendar: Calendar,
    facts: Facts,
    history: History,
}

impl Law {
    /// Reads it for a call on `number`, or on his first one where that is none of his. `None`: he has no number.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(
        house: &House,
        (plans, plan): (&Plans, &CampaignPlan),
        contact: &ClaimedContact,
        number: &PhoneNumber,
    ) -> Result<Option<Self>, StoreError> {
        let phone = contact.phones.iter().find(|phone| phone.number == *number).or(contact.phones.first());
        let (Some(phone), Some(rules)) = (phone, plans.rules(&plan.preset)) else { return Ok(None) };
        // An agreed call has its agent from the start, whatever the campaign's pace.
        let mode = plan.dialling.agents().map_or(plan.dialling.mode(), |_| DialMode::AgentGuaranteed);
        let zones = contact.zones(&plans.registry);
        let facts = ask(contact.callee(phone, &zones), mode, plans.config.overrides_of(plan));
        let now = house.clock.wall();
        let wishes = house.store.preferences(contact.person).await?;
        let blocked = wishes.iter().filter(|wish| wish.in_force(now)).map(|wish| wish.range).collect();
        let history = house.store.history(contact.person, PhoneKey::from(&phone.number)).await?;
        let (rules, calendar) = (rules.clone(), plan.calendar.clone());
        Ok(Some(Self { rules, calendar, facts: Facts { blocked, ..facts }, history }))
    }

    /// The same once this call is over, which the ledger is told of later: the call agreed in it comes after it.
    pub fn once_over(self, attempt: AttemptId, kinds: &[EventKind], now: Timestamp) -> Self {
        let call = Event {
            debt: Some(self.facts.debt),
            creditor: Some(self.facts.creditor.clone()),
            phone: Some(self.facts.phone),
            attempt: Some(attempt),
            ..Event::new(EventId(0), now, EventKind::InFlight, self.facts.person)
        };
        Self { history: self.history.once_over(call, kinds), ..self }
    }

    /// The earliest moment from `at` on at which he may be called, if nothing else happens.
    pub fn from(&self, at: Timestamp) -> Option<Timestamp> {
        let rules = (&*self.rules.preset, &*self.rules.calendars);
        earliest(&self.calendar, rules, &self.facts, &self.history, at)
    }

    /// What a rule that forbids a call to him now says, in words.
    pub fn words(&self, rule: &str, now: Timestamp, language: Language) -> Option<String> {
        let (preset, calendars) = (&*self.rules.preset, &*self.rules.calendars);
        let (facts, history) = (&self.facts, &self.history);
        let decision = rules::decide(preset, calendars, facts, history, now);
        let grounds = Grounds { preset, calendars, facts, history };
        let lines = explain(&decision, &grounds, language).lines;
        lines.into_iter().find(|line| line.rule == rule && !line.pass).map(|line| line.text)
    }

    /// Whether there is such a moment in a part of his day.
    pub fn is_ever_within(&self, part: Hours, at: Timestamp) -> bool {
        let rules = (&*self.rules.preset, &*self.rules.calendars);
        earliest(&self.calendar.within(part), rules, &self.facts, &self.history, at).is_some()
    }
}
