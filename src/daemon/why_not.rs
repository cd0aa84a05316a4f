//! Why a campaign's contacts are not called now: where they stand by the store, and what the gate's own rules and hours say of
//! those in the queue.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::test_call::TEST_CAMPAIGN;
use super::turn::phone_to_dial;
use crate::campaign::{CampaignPlan, Hour, ask, hour};
use crate::config::Config;
use crate::domain::contact::ContactState;
use crate::rules::zone::Registry;
use crate::rules::{Facts, PhoneKey, decide};
use crate::store::{CampaignRow, CampaignState, ClaimedContact, Store, StoreError, WhyNot};

/// So many of the queue's front are judged; those behind them come later than they do.
const JUDGED: u32 = 500;
/// The reason of those behind.
const BEHIND: &str = "behind_in_queue";

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
        let mut totals = self.store.why_not(row.id).await?;
        let Some(at) = totals.iter().position(|total| total.state == ContactState::Queued) else {
            return Ok(totals);
        };
        let queued = totals.remove(at);
        let reasons: BTreeMap<String, u64> = match (self.nobody_because(row), self.config.campaign(&row.name))
        {
            (Some(why), _) => [(why, queued.contacts)].into(),
            (None, Some(plan)) => self.of_queue(row, plan, queued.contacts).await?,
            // A test call is made by whoever asked for it.
            (None, None) => [(String::new(), queued.contacts)].into(),
        };
        let lines = reasons.into_iter().filter(|(_, contacts)| *contacts > 0);
        let lines = lines.map(|(why, contacts)| WhyNot { state: ContactState::Queued, why, contacts });
        drop(totals.splice(at..at, lines));
        Ok(totals)
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
    ) -> Result<BTreeMap<String, u64>, StoreError> {
        let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
        let mut left = queued;
        let front = self.store.front_of_queue(row.id, JUDGED).await?;
        for contact in self.store.contacts(front).await? {
            // Between the two looks the queue may have grown.
            if left == 0 {
                break;
            }
            left -= 1;
            *reasons.entry(self.of_contact(plan, &contact).await?).or_default() += 1;
        }
        *reasons.entry(BEHIND.to_owned()).or_default() += left;
        Ok(reasons)
    }

    /// What forbids the call at this moment: a rule, the campaign's hours; else an agent is all that is waited for.
    async fn of_contact(&self, plan: &CampaignPlan, contact: &ClaimedContact) -> Result<String, StoreError> {
        let Some(phone) = phone_to_dial(contact) else { return Ok("no_phone".to_owned()) };
        let zones = contact.zones(self.registry);
        let history = self.store.history(contact.person, PhoneKey::from(&phone.number)).await?;
        let blocked = self.store.blocked_at(contact.person, self.now).await?;
        let callee = contact.callee(&phone, &zones);
        let facts = Facts { blocked, ..ask(callee, plan.dialling.mode(), self.config.overrides_of(plan)) };
        let rules = &self.config.rules;
        let decision = decide(self.config.preset_of(plan), &rules.calendars, &facts, &history, self.now);
        if let Some(rule) = decision.deny {
            return Ok(rule.to_string());
        }
        let clocks: Vec<_> = facts.zones.zones().iter().map(|zone| zone.tz().clone()).collect();
        let why = match hour(&plan.calendar, &clocks, self.now) {
            Hour::Over => "campaign_over",
            Hour::OpensAt(_) => "campaign_hours",
            Hour::Open if plan.dialling.agents().is_some() => "agent_awaited",
            Hour::Open => "",
        };
        Ok(why.to_owned())
    }
}
