//! Why a campaign's contacts are not called now: where they stand by the store, and what the gate's own rules and hours say of
//! those in the queue.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

mod page;

pub use page::{explained, judged, page};

use super::test_call::TEST_CAMPAIGN;
use super::turn::{caller, phone_to_dial};
use crate::campaign::{CampaignPlan, Dialling, Hour, ask, earliest, hour};
use crate::cli::words::CALL_DUE;
use crate::config::Config;
use crate::domain::contact::ContactState;
use crate::rules::zone::Registry;
use crate::rules::{Facts, PhoneKey, decide};
use crate::store::{AGREED, CampaignRow, CampaignState, ClaimedContact, Store, StoreError, WhyNot};

/// So many of the queue's front are judged; those behind them come later than they do.
const JUDGED: u32 = 500;
/// The reason of those behind.
const BEHIND: &str = "behind_in_queue";

/// Contacts of one state and reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub total: WhyNot,
    /// When the first of those looked at may be called, or comes back to the queue; absent: not without somebody's act, or
    /// there is nothing to wait for.
    pub first: Option<Timestamp>,
}

/// A reason's contacts, and the first time among them.
type Counted = (u64, Option<Timestamp>);

/// What a queue is judged by.
#[derive(Debug)]
pub struct Judge<'a> {
    pub store: &'a Store,
    pub config: &'a Config,
    pub registry: &'a Registry,
    /// The kill switch is thrown.
    pub killed: bool,
    pub now: Timestamp,
}

impl Judge<'_> {
    /// The campaign's contacts by state and reason; the sum is all of them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn why_not(&self, row: &CampaignRow) -> Result<Vec<WhyNot>, StoreError> {
        Ok(self.reasons(row).await?.into_iter().map(|reason| reason.total).collect())
    }

    /// The same, each with its first time.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reasons(&self, row: &CampaignRow) -> Result<Vec<Reason>, StoreError> {
        let waiting = self.store.next_waiting(row.id, JUDGED).await?;
        let first = |total: &WhyNot| {
            let waits = total.state == ContactState::Waiting;
            waiting.get(&total.why).copied().filter(|_| waits)
        };
        let totals = self.store.why_not(row.id).await?.into_iter();
        let mut all: Vec<_> = totals.map(|total| Reason { first: first(&total), total }).collect();
        self.tell_overdue(row, &mut all).await?;
        let Some(at) = all.iter().position(|reason| reason.total.state == ContactState::Queued) else {
            return Ok(all);
        };
        let queued = all.remove(at).total.contacts;
        let found: BTreeMap<String, Counted> =
            match (self.nobody_because(row), self.config.campaign(&row.name)) {
                (Some(why), _) => [(why, (queued, None))].into(),
                (None, Some(plan)) => self.of_queue(row, plan, queued).await?,
                // A test call is made by whoever asked for it.
                (None, None) => [(String::new(), (queued, None))].into(),
            };
        let found = found.into_iter().filter(|(_, (contacts, _))| *contacts > 0);
        let found = found.map(|(why, (contacts, first))| Reason {
            total: WhyNot { state: ContactState::Queued, why, contacts },
            first,
        });
        drop(all.splice(at..at, found));
        Ok(all)
    }

    /// Whose agreed call is due and waits for an agent is told apart from those whose time is still to come.
    async fn tell_overdue(&self, row: &CampaignRow, all: &mut Vec<Reason>) -> Result<(), StoreError> {
        let held = all
            .iter()
            .position(|Reason { total, .. }| total.state == ContactState::Held && total.why == AGREED);
        let plan = self.config.campaign(&row.name).filter(|plan| plan.dialling.agents().is_some());
        let (Some(at), Some(plan), None) = (held, plan, self.nobody_because(row)) else { return Ok(()) };
        let overdue = self.store.held_past_due(row.id, JUDGED, self.now).await?;
        let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
        for contact in self.store.contacts(overdue).await? {
            let why = format!("{CALL_DUE}{}", agent_for(self.config, plan, &contact, self.now));
            *reasons.entry(why).or_default() += 1;
        }
        // Between the looks one may have been called.
        let mut left = all[at].total.contacts;
        let told = reasons.into_iter().map(|(why, contacts)| {
            let contacts = contacts.min(left);
            left -= contacts;
            Reason { total: WhyNot { state: ContactState::Held, why, contacts }, first: None }
        });
        let told: Vec<_> = told.filter(|reason| reason.total.contacts > 0).collect();
        all[at].total.contacts = left;
        drop(all.splice(if left > 0 { at + 1..at + 1 } else { at..at + 1 }, told));
        Ok(())
    }

    /// Why nobody of the campaign is dialled at all, as a code.
    fn nobody_because(&self, row: &CampaignRow) -> Option<String> {
        match row.state {
            CampaignState::Running if self.killed => Some("kill_switch".to_owned()),
            CampaignState::Running => {
                let is_known = self.config.campaign(&row.name).is_some() || row.name == TEST_CAMPAIGN;
                (!is_known).then(|| "campaign_unknown".to_owned())
            }
            CampaignState::Draft | CampaignState::Paused | CampaignState::Stopped => {
                Some(format!("campaign_{}", row.state.code()))
            }
        }
    }

    async fn of_queue(
        &self,
        row: &CampaignRow,
        plan: &CampaignPlan,
        queued: u64,
    ) -> Result<BTreeMap<String, Counted>, StoreError> {
        let mut reasons: BTreeMap<String, Counted> = BTreeMap::new();
        let mut left = queued;
        let front = self.store.front_of_queue(row.id, JUDGED).await?;
        for contact in self.store.contacts(front).await? {
            // Between the two looks the queue may have grown.
            if left == 0 {
                break;
            }
            left -= 1;
            let (why, may_be_at) = self.of_contact(plan, &contact).await?;
            let (contacts, first) = reasons.entry(why).or_default();
            *contacts += 1;
            *first = first.iter().copied().chain(may_be_at).min();
        }
        reasons.entry(BEHIND.to_owned()).or_default().0 += left;
        Ok(reasons)
    }

    /// What forbids the call at this moment: a rule, the campaign's hours; else an agent is all that is waited for. And when
    /// the rules and the hours allow it, where they do not now.
    async fn of_contact(
        &self,
        plan: &CampaignPlan,
        contact: &ClaimedContact,
    ) -> Result<(String, Option<Timestamp>), StoreError> {
        let Some(phone) = phone_to_dial(contact) else { return Ok(("no_phone".to_owned(), None)) };
        let zones = contact.zones(self.registry);
        let history = self.store.history(contact.person, PhoneKey::from(&phone.number)).await?;
        let blocked = self.store.blocked_at(contact.person, self.now).await?;
        let callee = contact.callee(&phone, &zones);
        let facts = Facts { blocked, ..ask(callee, plan.dialling.mode(), self.config.overrides_of(plan)) };
        let rules = &self.config.rules;
        let (preset, calendars) = (&**self.config.preset_of(plan), &*rules.calendars);
        let decision = decide(preset, calendars, &facts, &history, self.now);
        if let Some(rule) = decision.deny {
            let first = earliest(&plan.calendar, (preset, calendars), &facts, &history, self.now);
            return Ok((rule.to_string(), first));
        }
        let clocks: Vec<_> = facts.zones.zones().iter().map(|zone| zone.tz().clone()).collect();
        Ok(match hour(&plan.calendar, &clocks, self.now) {
            Hour::Over => ("campaign_over".to_owned(), None),
            Hour::OpensAt(_) => {
                let first = earliest(&plan.calendar, (preset, calendars), &facts, &history, self.now);
                ("campaign_hours".to_owned(), first)
            }
            Hour::Open => (agent_for(self.config, plan, contact, self.now), None),
        })
    }
}

/// What an agent must have whom this one waits for, as far as not all have it; empty: no agent is waited for.
pub fn agent_for(config: &Config, plan: &CampaignPlan, contact: &ClaimedContact, now: Timestamp) -> String {
    let Some(calls) = plan.dialling.agents() else { return String::new() };
    // A shift goes by the house's clock.
    let time = now.to_zoned_datetime(TimeZone::system()).time();
    if matches!(&plan.dialling, Dialling::Predictive(_, by) if !by.shift.contains(time)) {
        return "outside_shift".to_owned();
    }
    let (scarce, is_there) = config.agents.plan.scarce(&calls.queue, &caller(contact));
    let skills: Vec<_> = scarce.iter().map(ToString::to_string).collect();
    match (skills.is_empty(), is_there) {
        (true, _) => "agent_awaited".to_owned(),
        (false, true) => format!("agent_awaited:{}", skills.join("+")),
        (false, false) => format!("no_such_agent:{}", skills.join("+")),
    }
}
