//! The queue as it stands: who could be reached, and when, by the rules in force and by the proposed ones.

use std::collections::HashMap;

use jiff::Timestamp;

use super::proposal::Proposal;
use crate::campaign::{ask, earliest};
use crate::config::Config;
use crate::daemon::phone_to_dial;
use crate::domain::{ContactId, PersonId};
use crate::rules::zone::Registry;
use crate::rules::{Facts, PhoneKey};
use crate::store::{CampaignState, ClaimedContact, Store};

/// What would change for those who are still to be called.
#[derive(Debug, Default)]
pub struct Queue {
    /// People with a contact that is queued or waits.
    pub people: u64,
    /// Of these, whom the rules in force never let us reach without a human act.
    pub never_now: u64,
    /// The same by the proposed rules.
    pub never_then: u64,
    /// Contacts that may be called sometime by both, by how much later they may be: seconds, in order.
    pub shifts: Vec<i64>,
    /// Contacts of campaigns that are not configured, or have no proposal, or no usable phone.
    pub left_out: u64,
}

impl Queue {
    pub fn later(&self) -> usize {
        self.shifts.iter().filter(|&&shift| shift > 0).count()
    }

    pub fn earlier(&self) -> usize {
        self.shifts.iter().filter(|&&shift| shift < 0).count()
    }

    /// The middle shift in seconds, of an even number the upper one.
    pub fn median(&self) -> Option<i64> {
        self.shifts.get(self.shifts.len() / 2).copied()
    }
}

/// Looks at every contact that is queued or waits in a campaign that is not stopped, at `now`.
///
/// # Errors
/// When the store fails.
pub async fn look(
    store: &Store,
    config: &Config,
    proposal: &Proposal,
    registry: &Registry,
    now: Timestamp,
) -> anyhow::Result<Queue> {
    let mut queue = Queue::default();
    // Whether a person can ever be reached: now, then.
    let mut reach: HashMap<PersonId, (bool, bool)> = HashMap::new();
    let campaigns = store.campaigns().await?.into_iter();
    let alive = campaigns.filter(|row| row.state != CampaignState::Stopped);
    let names: HashMap<_, _> = alive.map(|row| (row.id, row.name)).collect();
    let desk = Desk { store, config, proposal, registry, now };
    let mut after = ContactId(0);
    loop {
        let ids = store.to_be_called(after).await?;
        let Some(&last) = ids.last() else { break };
        after = last;
        for contact in store.contacts(ids).await? {
            // Whom a stopped campaign has left is called by nobody.
            let Some(campaign) = names.get(&contact.campaign) else { continue };
            let Some((is, would)) = desk.times(campaign, &contact).await? else {
                queue.left_out += 1;
                continue;
            };
            let person = reach.entry(contact.person).or_default();
            *person = (person.0 || is.is_some(), person.1 || would.is_some());
            if let (Some(is), Some(would)) = (is, would) {
                queue.shifts.push(would.duration_since(is).as_secs());
            }
        }
    }
    queue.people = reach.len() as u64;
    queue.never_now = reach.values().filter(|(now, _)| !now).count() as u64;
    queue.never_then = reach.values().filter(|(_, then)| !then).count() as u64;
    queue.shifts.sort_unstable();
    Ok(queue)
}

type Times = (Option<Timestamp>, Option<Timestamp>);

/// What the queue is looked at with.
struct Desk<'a> {
    store: &'a Store,
    config: &'a Config,
    proposal: &'a Proposal,
    registry: &'a Registry,
    now: Timestamp,
}

impl Desk<'_> {
    /// When the contact may be called at the earliest by the rules in force, and by the proposed ones.
    async fn times(&self, campaign: &str, contact: &ClaimedContact) -> anyhow::Result<Option<Times>> {
        let config = self.config;
        let (Some(plan), Some(new)) = (config.campaign(campaign), self.proposal.of(campaign)) else {
            return Ok(None);
        };
        let Some(phone) = phone_to_dial(contact) else { return Ok(None) };
        let zones = contact.zones(self.registry);
        let callee = contact.callee(&phone, &zones);
        let history = self.store.history(contact.person, PhoneKey::from(&phone.number)).await?;
        let blocked = self.store.blocked_at(contact.person, self.now).await?;
        let in_force = (&**config.preset_of(plan), &*config.rules.calendars);
        let mode = plan.dialling.mode();
        let facts = Facts { blocked: blocked.clone(), ..ask(callee, mode, config.overrides_of(plan)) };
        let is = earliest(&plan.calendar, in_force, &facts, &history, self.now);
        let facts = Facts { blocked, ..ask(callee, mode, &new.overrides) };
        let would = earliest(&plan.calendar, (&new.preset, &new.calendars), &facts, &history, self.now);
        Ok(Some((is, would)))
    }
}
