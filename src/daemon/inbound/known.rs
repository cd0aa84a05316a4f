//! A caller known by his number: his call is an attempt like any, but that he made it.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tracing::warn;

use super::{Arrival, Talk, drive, open};
use crate::agents::Caller;
use crate::campaign::{CampaignPlan, DoneWhy, NextStep, Tried, next_step};
use crate::config::InboundConfig;
use crate::daemon::call_task::CallReport;
use crate::daemon::house::{House, Plans};
use crate::daemon::recordings;
use crate::daemon::turn::{Asked, agents_part, asked_for, asks, holds, recording_path};
use crate::daemon::voice::NameSound;
use crate::daemon::write_down::write_down;
use crate::domain::{Channel, DebtKind, Fault, Outcome, PhoneNumber};
use crate::ivr::{CallFacts, Flow};
use crate::media::RecordingPlan;
use crate::rules::{Called, EventKind, PhoneKey};
use crate::sip::IncomingCall;
use crate::store::{ClaimedContact, Entered, FinishRequest, InboundRequest, KnownCaller, StrangerWhy};
use crate::synthesis::SentenceCache;

/// A person who calls, with what he will hear of.
pub(super) struct Known<'a> {
    arrival: &'a Arrival,
    phone: PhoneNumber,
    plan: Arc<CampaignPlan>,
    contact: ClaimedContact,
    flow: Arc<Flow>,
    /// What an engine has said of his name beforehand.
    name: NameSound,
    zones: Vec<TimeZone>,
    today: Date,
    kind: DebtKind,
    entered: Entered,
}

impl<'a> Known<'a> {
    /// Finds out who calls and enters his call.
    ///
    /// # Errors
    /// Why he is treated as nobody in particular; in doubt he is.
    pub async fn find(
        house: &House,
        arrival: &'a Arrival,
        inbound: &InboundConfig,
    ) -> Result<Self, StrangerWhy> {
        let phone = arrival.phone.clone().ok_or(StrangerWhy::Hidden)?;
        let silent = |fault: crate::store::StoreError| {
            warn!(%fault, "the store does not tell who calls");
            StrangerWhy::Unknown
        };
        let (contact, campaign) = match house.store.known_caller(phone.clone()).await.map_err(silent)? {
            KnownCaller::One { contact, campaign } => (contact, campaign),
            KnownCaller::NoDebt => return Err(StrangerWhy::NoDebt),
            KnownCaller::NotHis => return Err(StrangerWhy::NotHis),
            KnownCaller::Several => return Err(StrangerWhy::Several),
            KnownCaller::Unknown => return Err(StrangerWhy::Unknown),
        };
        let (plans, now) = (&arrival.plans, house.clock.wall());
        let plan = plans.config.campaign(&campaign).cloned().ok_or(StrangerWhy::NoDebt)?;
        let contact = house.store.contacts(vec![contact]).await.map_err(silent)?.pop();
        let contact = contact.ok_or(StrangerWhy::NoDebt)?;
        let (flow, name) =
            flow_for(plans, inbound, (&plan, &contact)).await.ok_or(StrangerWhy::Unspeakable)?;
        let zones = contact.zones(&plans.registry);
        let zones: Vec<_> = zones.zones().iter().map(|zone| zone.tz().clone()).collect();
        let today = now.to_zoned_datetime(zones.first().cloned().unwrap_or(TimeZone::UTC)).date();
        let kind = DebtKind::on(contact.due, today, plan.targets.collectible_years);
        let request = InboundRequest {
            contact: contact.id,
            phone: phone.clone(),
            called: arrival.called.clone(),
            trunk: arrival.trunk.name.to_string(),
            debt_kind: kind,
            config_version: Arc::clone(&plans.config.version),
            flow_version: flow.label(),
        };
        let entered = house.store.enter_inbound(request, now).await.map_err(silent)?;
        let entered = entered.ok_or(StrangerWhy::InCall)?;
        Ok(Self { arrival, phone, plan, contact, flow, name, zones, today, kind, entered })
    }

    /// Talks with him and writes down what came of it.
    ///
    /// # Errors
    /// When the store fails: the attempt is open then, and the next start closes it.
    pub async fn talk(mut self, house: &Arc<House>, call: IncomingCall) -> anyhow::Result<()> {
        let attempt = self.entered.attempt;
        house.stack.name_call(attempt, &call);
        let (plans, data) = (&self.arrival.plans, &self.arrival.plans.config.daemon.data_dir);
        let recorded = self.plan.limits.record.then(|| recording_path(data, house.clock.wall(), attempt));
        let recording = recorded.clone().map(|path| RecordingPlan { path });
        let stream = match open(house, recording) {
            Ok(stream) => stream,
            Err(fault) => {
                warn!(%attempt, %fault, "no media for a call that came in");
                call.refuse(503);
                return self.finish(house, unanswered(Outcome::Failed(Fault::Us))).await;
            }
        };
        let name = std::mem::take(&mut self.name);
        let said = Talk {
            attempt,
            flow: Arc::clone(&self.flow),
            facts: self.facts(&name),
            agent: agents_part(plans, &self.plan),
            caller: Caller {
                language: self.contact.language,
                creditor: Some(self.contact.creditor.as_str().into()),
                debtor_type: self.contact.debtor_type,
                promised_to: self.contact.promised_to.clone(),
            },
            record: self.plan.limits.record,
            name,
        };
        let (here, words) = house.live.enter(attempt);
        let report = drive(house, self.arrival, (call, stream), said, words).await;
        let finished = self.finish(house, report).await;
        if let Some(path) = recorded {
            recordings::keep(house, attempt, path).await;
        }
        house.floor.closed(attempt);
        // A call is over when it is written down.
        drop(here);
        finished
    }

    fn facts(&self, name: &NameSound) -> CallFacts {
        let (creditor, amount) = (self.contact.creditor.clone(), self.entered.owed);
        let by = (self.plan.identity, name.name.as_ref());
        CallFacts {
            name: name.name.clone(),
            identified_by: self.plan.identity,
            language: self.contact.language,
            untold: self.arrival.plans.voice.closed(&self.flow, (&creditor, amount), by),
            creditor,
            amount,
            due: self.contact.due,
            kind: self.kind,
            callback: self.arrival.called.clone(),
            today: self.today,
        }
    }

    async fn finish(self, house: &House, mut report: CallReport) -> anyhow::Result<()> {
        let now = house.clock.wall();
        let finished = &mut report.finished;
        // Who identified himself, or talked with an agent, has had his talk.
        let talked = finished.identified || finished.channel == Channel::AgentCall;
        finished.outcome = outcome(finished.outcome, finished.stamps.answer);
        finished.channel = Channel::InboundCall;
        let called = Called {
            person: self.contact.person,
            phone: PhoneKey::from(&self.phone),
            debt: self.contact.debt,
        };
        let evidence = format!("attempt {}", self.entered.attempt);
        let kinds: Vec<_> = talked.then_some(EventKind::InboundConversation).into_iter().collect();
        let asked = Asked {
            attempt: self.entered.attempt,
            kinds: &kinds,
            contact: &self.contact,
            number: &self.phone,
            zones: &self.zones,
        };
        let callback = asked_for(house, (&self.arrival.plans, &self.plan), asked, &report).await;
        let request = FinishRequest {
            attempt: self.entered.attempt,
            kinds,
            holds: holds(&report.finished, &report.actions, called, now, &evidence),
            next: self.next(&report, now),
            score: None,
            cost_micro: None,
            asks: asks(&report.actions, callback.as_ref()),
            callback: callback.map(|booked| booked.callback),
            finished: report.finished,
        };
        write_down(house, request).await?;
        Ok(())
    }

    /// What the talk settles; `Wait`: nothing, the contact stands where it stood.
    fn next(&self, report: &CallReport, now: Timestamp) -> NextStep {
        let finished = &report.finished;
        let other = self.contact.phones.iter().any(|phone| phone.usable && phone.number != self.phone);
        let tried = Tried {
            outcome: finished.outcome,
            disposition: finished.disposition,
            total: 0,
            of_class: 1,
            began: &[],
            other_phone: other,
        };
        match next_step(&self.plan, tried, &self.zones, now) {
            step @ (NextStep::Hold
            | NextStep::Done(
                DoneWhy::Disputed | DoneWhy::NoPhone | DoneWhy::Reached | DoneWhy::Stopped,
            )) => step,
            NextStep::Done(
                DoneWhy::BudgetSpent
                | DoneWhy::CampaignOver
                | DoneWhy::NotRetried
                | DoneWhy::OffTarget
                | DoneWhy::Paid,
            )
            | NextStep::Wait(_) => NextStep::Wait(now),
        }
    }
}

/// What he hears: who he is first, then his debt. Where no pack has the words for that, or his campaign wants him asked by a name
/// that no engine has said, the neutral word that a stranger hears; the agent whom he reaches has him on the desk, and asks who he is.
async fn flow_for(
    plans: &Plans,
    inbound: &InboundConfig,
    (plan, contact): (&CampaignPlan, &ClaimedContact),
) -> Option<(Arc<Flow>, NameSound)> {
    let flows = &plans.config.flows;
    let tells =
        |flow: &&Arc<Flow>| plans.voice.can_tell(flow, contact.language, &contact.creditor, contact.amount);
    if let Some(flow) = flows.get(&inbound.flow).filter(tells) {
        let name = name_sound(plans, flow, contact).await;
        if flow.can_identify(plan.identity, name.name.as_ref(), contact.language) {
            return Some((Arc::clone(flow), name));
        }
    }
    Some((Arc::clone(flows.get(&inbound.stranger_flow)?), NameSound::default()))
}

/// What an engine has said of his name beforehand.
async fn name_sound(plans: &Plans, flow: &Arc<Flow>, contact: &ClaimedContact) -> NameSound {
    let Some(name) = contact.name.clone().filter(|_| plans.voice.says_names()) else {
        return NameSound::default();
    };
    let (voice, flow) = (Arc::clone(&plans.voice), Arc::clone(flow));
    let cache = SentenceCache::below(&plans.config.daemon.data_dir);
    let read = tokio::task::spawn_blocking(move || voice.name_sound(&flow, &name, &cache)).await;
    read.unwrap_or_else(|fault| {
        warn!(%fault, "the sentences with a name were not read");
        NameSound::default()
    })
}

/// He was answered, or gave up before: nobody was called, so nobody was abandoned and no machine reached.
fn outcome(outcome: Outcome, answered: Option<Timestamp>) -> Outcome {
    match (outcome, answered) {
        (Outcome::Failed(fault), _) => Outcome::Failed(fault),
        (_, Some(_)) => Outcome::Answered,
        (_, None) => Outcome::NoAnswer,
    }
}

fn unanswered(outcome: Outcome) -> CallReport {
    let finished = crate::domain::attempt::Finished::untold(outcome);
    CallReport { finished, actions: Vec::new(), rang: false, retry_after: None, media: Default::default() }
}
