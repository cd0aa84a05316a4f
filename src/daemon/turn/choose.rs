//! What is settled of a dial before the gate is asked: the kind of debt, the phone, the trunk and its slot, the number to
//! show. A contact for whom there is nothing to choose is put off or done with, and its row says why.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tracing::warn;

use super::Turn;
use crate::campaign::{DoneWhy, Hour, Hours, PhoneChoice, choose_phone, hour, hour_within, hours_of};
use crate::daemon::house::House;
use crate::daemon::law::Law;
use crate::daemon::lines::Line;
use crate::domain::{Channel, DebtKind, Fault, Outcome, PhoneNumber, is_test};
use crate::ivr::Flow;
use crate::rules::ZoneSet;
use crate::stats::Doing;
use crate::store::{ClaimedContact, ClaimedPhone, NEEDS_AGENT, UNSPEAKABLE};
use crate::trunk::{Ask, NoRoute, caller_id};

/// What is settled of a dial before the gate is asked.
pub(super) struct Choice {
    pub phone: ClaimedPhone,
    pub kind: DebtKind,
    pub flow: Arc<Flow>,
    pub zones: ZoneSet,
    pub caller_id: PhoneNumber,
    pub line: Line,
    pub debtor_today: jiff::civil::Date,
}

/// Why nothing was chosen: the reason's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoChoice {
    /// No trunk has a line for him at this moment: he is in the queue as before.
    NoLine(&'static str),
    /// He is put off or done with, and his row says so.
    PassedOver(&'static str),
}

impl NoChoice {
    pub fn code(self) -> &'static str {
        match self {
            Self::NoLine(why) | Self::PassedOver(why) => why,
        }
    }
}

/// How long a contact waits when nobody can be called because of our own set-up.
const NO_TRUNK_PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// How long a trunk's fault keeps a contact off it.
const FAIL_OVER: SignedDuration = SignedDuration::from_mins(10);

/// The phone of the contact whose turn it is.
pub fn phone_to_dial(contact: &ClaimedContact) -> Option<ClaimedPhone> {
    let tries = |number: &PhoneNumber| contact.before.iter().filter(|b| b.phone == *number).count();
    let choice = |phone: &ClaimedPhone| PhoneChoice {
        number: phone.number.clone(),
        rank: phone.rank,
        usable: phone.usable,
        tries: u8::try_from(tries(&phone.number)).unwrap_or(u8::MAX),
    };
    let choices: Vec<_> = contact.phones.iter().map(choice).collect();
    let chosen = choose_phone(&choices)?.number.clone();
    contact.phones.iter().find(|phone| phone.number == chosen).cloned()
}

impl Turn {
    /// Chooses phone, flow, trunk and number to show, or writes down why there is nothing to choose.
    pub(super) async fn choose(&self, house: &House) -> anyhow::Result<Result<Choice, NoChoice>> {
        let now = house.clock.wall();
        let zones = self.zones();
        let clocks: Vec<_> = zones.zones().iter().map(|zone| zone.tz().clone()).collect();
        let best = house.proposals.load().iter().find_map(|doing| self.best_hours(doing));
        if let Some(part) = best
            && hour(&self.plan.calendar, &clocks, now) == Hour::Open
            && let Hour::OpensAt(opens) = hour_within(&self.plan.calendar, part, &clocks, now)
            && self.may_be_called_in(house, part).await?
        {
            return self.put_off(house, "best_day_part", opens).await;
        }
        match hour(&self.plan.calendar, &clocks, now) {
            Hour::Open => {}
            Hour::OpensAt(opens) => {
                return self.put_off(house, "campaign_hours", opens).await;
            }
            Hour::Over => return self.end(house, DoneWhy::CampaignOver).await,
        }
        let zone = clocks.first().cloned().unwrap_or(jiff::tz::TimeZone::UTC);
        let debtor_today = now.to_zoned_datetime(zone).date();
        let kind = DebtKind::on(self.contact.due, debtor_today, self.plan.targets.collectible_years);
        if !self.plan.targets.kinds.contains(&kind) {
            return self.end(house, DoneWhy::OffTarget).await;
        }
        // His type may have changed since he was put into the queue.
        if !self.plan.is_service && !self.plan.targets.debtor_types.contains(&self.contact.debtor_type) {
            match (self.plan.channel, self.agreed.is_some()) {
                (Channel::Ivr, _) => {
                    house.store.set_aside(self.contact.id, NEEDS_AGENT).await?;
                    return Ok(Err(NoChoice::PassedOver(NEEDS_AGENT)));
                }
                // Who was promised a call by an agent has it.
                (_, true) => {}
                (_, false) => return self.end(house, DoneWhy::OffTarget).await,
            }
        }
        let Some(phone) = phone_to_dial(&self.contact) else {
            return self.end(house, DoneWhy::NoPhone).await;
        };
        let flow = self.plans.config.flows.get(self.plan.flow_for(kind)).expect("flows were checked at load");
        let flow = Arc::clone(flow);
        if !self.can_be_told(&flow) {
            warn!(contact = %self.contact.id, flow = flow.label(), "the pack cannot tell this debt: nobody is called");
            return self.put_off(house, UNSPEAKABLE, after(now, NO_TRUNK_PAUSE)).await;
        }
        let ask =
            Ask { number: &phone.number, allowed: &self.plan.trunks, tried: &self.failed_just_now(now) };
        let line = match house.lines.take(ask) {
            Ok(line) => line,
            Err(NoRoute::NoTrunk) => {
                warn!(contact = %self.contact.id, "no trunk of the campaign takes this number");
                return self.put_off(house, "no_trunk", after(now, NO_TRUNK_PAUSE)).await;
            }
            Err(NoRoute::Full) => return self.no_line(house, "trunks_full").await,
            Err(NoRoute::Ill { .. }) => return self.no_line(house, "trunks_ill").await,
        };
        let Some(caller_id) = caller_id(line.trunk(), &self.plan.caller_ids, self.contact.debt).cloned()
        else {
            warn!(trunk = %line.trunk().name, "no number may be shown on this trunk");
            return self.put_off(house, "no_caller_id", after(now, NO_TRUNK_PAUSE)).await;
        };
        Ok(Ok(Choice { phone, kind, flow, zones, caller_id, line, debtor_today }))
    }

    /// The hours in which a proposal in force wants this debtor called.
    fn best_hours(&self, doing: &Doing) -> Option<Hours> {
        let Doing::DayPart { channel, debtor_type, part } = *doing else { return None };
        // An agreed call has its own time.
        let is_ours = channel == self.plan.channel && debtor_type == self.contact.debtor_type;
        if !is_ours || self.agreed.is_some() || is_test(&self.contact.creditor) {
            return None;
        }
        hours_of(part)
    }

    /// Whether the rules and his own wishes ever let him be called in a part of his day: else nobody waits for it.
    async fn may_be_called_in(&self, house: &House, part: Hours) -> anyhow::Result<bool> {
        let Some(phone) = phone_to_dial(&self.contact) else { return Ok(false) };
        let law = Law::of(house, (&*self.plans, &*self.plan), &self.contact, &phone.number).await?;
        Ok(law.is_some_and(|law| law.is_ever_within(part, house.clock.wall())))
    }

    /// Nobody is called to hear silence where the debt should be told. An agent tells it himself, and a test call is there
    /// to find such faults.
    fn can_be_told(&self, flow: &Flow) -> bool {
        let contact = &self.contact;
        self.plan.channel != Channel::Ivr
            || is_test(&contact.creditor)
            || self.plans.voice.can_tell(flow, contact.language, &contact.creditor, contact.amount)
    }

    async fn no_line(&self, house: &House, why: &'static str) -> anyhow::Result<Result<Choice, NoChoice>> {
        Ok(Err(NoChoice::NoLine(self.let_go(house, why).await?)))
    }

    async fn end(&self, house: &House, why: DoneWhy) -> anyhow::Result<Result<Choice, NoChoice>> {
        house.store.end_contact(self.contact.id, why).await?;
        Ok(Err(NoChoice::PassedOver(why.code())))
    }

    async fn put_off(
        &self,
        house: &House,
        why: &'static str,
        until: Timestamp,
    ) -> anyhow::Result<Result<Choice, NoChoice>> {
        house.store.postpone(self.contact.id, why, until).await?;
        Ok(Err(NoChoice::PassedOver(why)))
    }

    /// Where the person may be, by all that is known of him.
    fn zones(&self) -> ZoneSet {
        self.contact.zones(&self.plans.registry)
    }

    /// Trunks whose fault was the last word on this contact: passed over, where another one serves.
    fn failed_just_now(&self, now: Timestamp) -> Vec<Arc<str>> {
        let recent = self.contact.before.iter().rev().take_while(|before| {
            before.outcome == Outcome::Failed(Fault::Trunk) && after(before.began, FAIL_OVER) > now
        });
        let failed: Vec<Arc<str>> = recent.map(|before| before.trunk.as_str().into()).collect();
        if self.plan.trunks.iter().all(|trunk| failed.contains(trunk)) { Vec::new() } else { failed }
    }
}

fn after(now: Timestamp, pause: SignedDuration) -> Timestamp {
    now.checked_add(pause).unwrap_or(Timestamp::MAX)
}
