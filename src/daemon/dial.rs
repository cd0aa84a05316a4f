//! One contact's turn: choose phone and trunk, pass the gate, place the call, write down what came of it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rand::RngExt;
use tracing::{info, warn};

use super::call_task::{CallReport, CallTask};
use super::house::{House, Plans};
use super::lines::Line;
use super::sip_names::{codecs, target};
use crate::call::{Call, CallLimits, CallPlan};
use crate::campaign::{
    Callee, CampaignPlan, DoneWhy, Hour, NextStep, PhoneChoice, RetryClass, ScoreFacts, Tried, ask,
    choose_phone, hour, next_step, score,
};
use crate::domain::attempt::{FinalWord, Finished, HungUpBy, Stamps};
use crate::domain::{Channel, DebtKind, Fault, Money, Outcome, PhoneNumber};
use crate::ivr::{Action, CallAgain, CallFacts, Flow};
use crate::media::{RecordingPlan, StreamPlan};
use crate::rules::{self, Called, PhoneKey, ZoneSet};
use crate::sip::PlaceCall;
use crate::store::{ClaimedContact, ClaimedPhone, Dial, DialPermit, FinishRequest, ReserveRequest, Reserved};
use crate::trunk::{Ask, NoRoute, Sign, caller_id, may_fail_over};

/// One contact of one campaign, claimed and about to be dialled.
#[derive(Debug)]
pub struct Turn {
    pub plan: Arc<CampaignPlan>,
    pub plans: Arc<Plans>,
    pub contact: ClaimedContact,
}

/// What is settled of a dial before the gate is asked.
struct Choice {
    phone: ClaimedPhone,
    kind: DebtKind,
    flow: Arc<Flow>,
    zones: ZoneSet,
    caller_id: PhoneNumber,
    line: Line,
    debtor_today: jiff::civil::Date,
}

impl Turn {
    /// Takes the contact's turn. Whatever happens, the contact's row says what.
    ///
    /// # Errors
    /// When the store fails; the attempt, if there was one, is then still open and the next start rescues it.
    pub async fn take(self, house: &House) -> anyhow::Result<()> {
        let Some(choice) = self.choose(house).await? else { return Ok(()) };
        let Some(_place) = choice.line.antechamber().await else { return self.let_go(house).await };
        if !house.may_dial() {
            return self.let_go(house).await;
        }
        match house.store.reserve(self.request(house, &choice), house.clock.wall()).await? {
            Reserved::Permit(permit) => {
                choice.line.pace().await;
                self.call(house, choice, permit, _place).await
            }
            Reserved::Denied(decision) => {
                house.metrics.denied(decision.deny.as_ref().map_or("unknown", |rule| rule.as_str()));
                Ok(())
            }
            Reserved::Gone(why) => {
                info!(contact = %self.contact.id, ?why, "nothing to dial");
                Ok(())
            }
        }
    }

    /// Chooses phone, flow, trunk and number to show, or writes down why there is nothing to choose.
    async fn choose(&self, house: &House) -> anyhow::Result<Option<Choice>> {
        let now = house.clock.wall();
        let zones = self.zones();
        let clocks: Vec<_> = zones.zones().iter().map(|zone| zone.tz().clone()).collect();
        match hour(&self.plan.calendar, &clocks, now) {
            Hour::Open => {}
            Hour::OpensAt(opens) => {
                house.store.postpone(self.contact.id, "campaign_hours", opens).await?;
                return Ok(None);
            }
            Hour::Over => return self.end(house, DoneWhy::CampaignOver).await,
        }
        let zone = clocks.first().cloned().unwrap_or(jiff::tz::TimeZone::UTC);
        let debtor_today = now.to_zoned_datetime(zone).date();
        let kind = DebtKind::on(self.contact.due, debtor_today, self.plan.targets.collectible_years);
        if !self.plan.targets.kinds.contains(&kind) {
            return self.end(house, DoneWhy::OffTarget).await;
        }
        let Some(phone) = self.phone() else { return self.end(house, DoneWhy::NoPhone).await };
        let ask =
            Ask { number: &phone.number, allowed: &self.plan.trunks, tried: &self.failed_just_now(now) };
        let line = match house.lines.take(ask) {
            Ok(line) => line,
            Err(NoRoute::NoTrunk) => {
                warn!(contact = %self.contact.id, "no trunk of the campaign takes this number");
                house.store.postpone(self.contact.id, "no_trunk", after(now, NO_TRUNK_PAUSE)).await?;
                return Ok(None);
            }
            Err(NoRoute::Full | NoRoute::Ill { .. }) => {
                self.let_go(house).await?;
                return Ok(None);
            }
        };
        let Some(caller_id) = caller_id(line.trunk(), &self.plan.caller_ids, self.contact.debt).cloned()
        else {
            warn!(trunk = %line.trunk().name, "no number may be shown on this trunk");
            house.store.postpone(self.contact.id, "no_caller_id", after(now, NO_TRUNK_PAUSE)).await?;
            return Ok(None);
        };
        let flow = self.plans.config.flows.get(self.plan.flow_for(kind)).expect("flows were checked at load");
        let flow = Arc::clone(flow);
        Ok(Some(Choice { phone, kind, flow, zones, caller_id, line, debtor_today }))
    }

    async fn end(&self, house: &House, why: DoneWhy) -> anyhow::Result<Option<Choice>> {
        house.store.end_contact(self.contact.id, why).await?;
        Ok(None)
    }

    async fn let_go(&self, house: &House) -> anyhow::Result<()> {
        Ok(house.store.release(vec![self.contact.id]).await?)
    }

    /// Where the person may be, by all that is known of him.
    fn zones(&self) -> ZoneSet {
        let contact = &self.contact;
        let phones = contact.phones.iter().map(|phone| &phone.number);
        rules::zone::of_contact(
            contact.time_zone.as_deref(),
            contact.region.as_deref(),
            phones,
            &self.plans.registry,
        )
    }

    fn phone(&self) -> Option<ClaimedPhone> {
        let tries = |number: &PhoneNumber| self.contact.before.iter().filter(|b| b.phone == *number).count();
        let choice = |phone: &ClaimedPhone| PhoneChoice {
            number: phone.number.clone(),
            rank: phone.rank,
            usable: phone.usable,
            tries: u8::try_from(tries(&phone.number)).unwrap_or(u8::MAX),
        };
        let choices: Vec<_> = self.contact.phones.iter().map(choice).collect();
        let chosen = choose_phone(&choices)?.number.clone();
        self.contact.phones.iter().find(|phone| phone.number == chosen).cloned()
    }

    /// Trunks whose fault was the last word on this contact: passed over, where another one serves.
    fn failed_just_now(&self, now: Timestamp) -> Vec<Arc<str>> {
        let recent = self.contact.before.iter().rev().take_while(|before| {
            before.outcome == Outcome::Failed(Fault::Trunk) && after(before.began, FAIL_OVER) > now
        });
        let failed: Vec<Arc<str>> = recent.map(|before| before.trunk.as_str().into()).collect();
        if self.plan.trunks.iter().all(|trunk| failed.contains(trunk)) { Vec::new() } else { failed }
    }

    fn request(&self, house: &House, choice: &Choice) -> ReserveRequest {
        let contact = &self.contact;
        let rules = self.plans.rules(&self.plan.preset).expect("every campaign's preset is in force").clone();
        let callee = Callee {
            person: contact.person,
            debt: contact.debt,
            creditor: &contact.creditor,
            phone: &choice.phone.number,
            phone_type: choice.phone.phone_type,
            relation: choice.phone.relation,
            zones: &choice.zones,
        };
        ReserveRequest {
            contact: contact.id,
            phone: choice.phone.number.clone(),
            caller_id: choice.caller_id.clone(),
            trunk: choice.line.trunk().name.to_string(),
            channel: Channel::Ivr,
            debt_kind: choice.kind,
            facts: ask(callee, self.plans.config.overrides_of(&self.plan)),
            rules,
            config_version: Arc::clone(&self.plans.config.version),
            flow_version: choice.flow.label().into(),
            budget: self.plan.retries.budget,
            due_at: house.clock.wall(),
        }
    }

    async fn call(
        &self,
        house: &House,
        mut choice: Choice,
        permit: DialPermit,
        place: tokio::sync::OwnedSemaphorePermit,
    ) -> anyhow::Result<()> {
        let attempt = permit.attempt();
        let trunk = Arc::clone(choice.line.trunk());
        let dial = match permit.spend(house.clock.wall()) {
            Ok(dial) if house.may_dial() => dial,
            Ok(dial) => return self.finish(house, &choice, &dial, unsent(Outcome::Cancelled)).await,
            Err(expired) => {
                warn!(%expired, "the INVITE did not leave in time");
                let finish = self.finish_request(house, &choice, attempt, unsent(Outcome::Cancelled));
                house.store.finish(finish, house.clock.wall()).await?;
                return Ok(());
            }
        };
        let task = match self.task(house, &choice, &dial) {
            Ok(task) => task,
            Err(fault) => {
                warn!(%fault, "no media for a call");
                return self.finish(house, &choice, &dial, unsent(Outcome::Failed(Fault::Us))).await;
            }
        };
        let (here, stop) = house.live.enter(attempt);
        house.metrics.call_started(&trunk.name);
        drop(place);
        let report = CallTask { stop, ..task }.drive().await;
        drop(here);
        choice.line.tell(sign(&report));
        self.count(house, &trunk.name, &report);
        self.finish(house, &choice, &dial, report).await
    }

    /// Opens the media and makes the call and its INVITE.
    fn task(&self, house: &House, choice: &Choice, dial: &Dial) -> anyhow::Result<CallTask> {
        let config = &self.plans.config;
        let trunk = choice.line.trunk();
        let recording = self.plan.limits.record.then(|| RecordingPlan {
            path: recording_path(&config.daemon.data_dir, house.clock.wall(), dial),
        });
        let stream = house.media.open(StreamPlan { recording, detector: Some(Default::default()) })?;
        let local = stream.local_addr();
        let rtp = config.media.public_ip.map_or(local, |public| (public, local.port()).into());
        let place = PlaceCall {
            attempt: dial.attempt,
            tag: rand::make_rng::<rand_pcg::Pcg64>().random(),
            trunk: target(trunk),
            to_user: trunk.rewriting.callee(&dial.phone),
            from_user: trunk.rewriting.caller(&dial.caller_id),
            display: None,
            rtp,
            codecs: codecs(trunk),
        };
        let plan = CallPlan {
            flow: Arc::clone(&choice.flow),
            facts: self.call_facts(choice),
            limits: CallLimits { ring: trunk.ring_limit, ..CallLimits::default() },
            record: self.plan.limits.record,
        };
        let call = Call::new(plan, house.clock.now(), house.clock.wall());
        let (_, stop) = tokio::sync::mpsc::channel(1);
        let (stack, voice) = (Arc::clone(&house.stack), Arc::clone(&self.plans.voice));
        Ok(CallTask {
            call,
            place,
            stack,
            stream,
            voice,
            clock: house.clock,
            talking: Arc::clone(&house.talking),
            stop,
        })
    }

    fn call_facts(&self, choice: &Choice) -> CallFacts {
        let contact = &self.contact;
        CallFacts {
            // A name needs a speech engine; without one the flow says its wording without the name.
            name: None,
            language: contact.language,
            creditor: contact.creditor.clone(),
            amount: contact.amount,
            due: contact.due,
            kind: choice.kind,
            callback: choice.caller_id.clone(),
            today: choice.debtor_today,
        }
    }

    async fn finish(
        &self,
        house: &House,
        choice: &Choice,
        dial: &Dial,
        report: CallReport,
    ) -> anyhow::Result<()> {
        let outcome = report.finished.outcome;
        let request = self.finish_request(house, choice, dial.attempt, report);
        house.store.finish(request, house.clock.wall()).await?;
        info!(attempt = %dial.attempt, campaign = %self.plan.name, trunk = %dial.trunk, outcome = outcome.code(), "call ended");
        Ok(())
    }

    fn finish_request(
        &self,
        house: &House,
        choice: &Choice,
        attempt: crate::domain::AttemptId,
        report: CallReport,
    ) -> FinishRequest {
        let now = house.clock.wall();
        let CallReport { finished, rang, actions, .. } = report;
        let contact = &self.contact;
        let answered = finished.outcome == Outcome::Answered;
        let facts = ScoreFacts {
            amount: contact.amount,
            debtor_type: contact.debtor_type,
            kind: choice.kind,
            tries: contact.tries.saturating_add(1),
            answered_before: contact.answered || answered,
        };
        let phone = PhoneKey::from(&choice.phone.number);
        let called = Called { person: contact.person, phone, debt: contact.debt };
        FinishRequest {
            attempt,
            kinds: rules::event_kinds(&finished),
            holds: rules::holds_from(&finished, called, now, &format!("attempt {attempt}")),
            next: self.next(choice, &finished, rang, now),
            score: Some(score(&self.plan.score, &facts)),
            cost_micro: cost(choice.line.trunk().routing.cost_per_minute, &finished),
            asks: actions.iter().map(ask_code).collect(),
            finished,
        }
    }

    fn next(&self, choice: &Choice, finished: &Finished, rang: bool, now: Timestamp) -> NextStep {
        let before = &self.contact.before;
        let class = RetryClass::of(finished.outcome, finished.disposition);
        let same = before.iter().filter(|b| RetryClass::of(b.outcome, b.disposition) == class).count();
        let mut began: Vec<_> = before.iter().map(|b| b.began).collect();
        began.push(finished.stamps.invite.unwrap_or(now));
        let others =
            self.contact.phones.iter().filter(|phone| phone.usable && phone.number != choice.phone.number);
        let zones: Vec<_> = choice.zones.zones().iter().map(|zone| zone.tz().clone()).collect();
        let small = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
        let tried = Tried {
            outcome: finished.outcome,
            disposition: finished.disposition,
            total: small(began.len()),
            of_class: small(same + 1),
            began: &began,
            other_phone: others.count() > 0,
        };
        match next_step(&self.plan, tried, &zones, now) {
            // Another trunk may do what this one could not: the person has not been disturbed.
            NextStep::Wait(_) if may_fail_over(finished.outcome, rang) && self.plan.trunks.len() > 1 => {
                NextStep::Wait(now)
            }
            next => next,
        }
    }

    fn count(&self, house: &House, trunk: &str, report: &CallReport) {
        let finished = &report.finished;
        house.metrics.call_ended(&self.plan.name, trunk, finished.outcome.code());
        if let Some(code) = finished.last_word.sip_code {
            house.metrics.response(trunk, code);
        }
        let stamps = &finished.stamps;
        if let (Some(invite), Some(answer), Some(end)) = (stamps.invite, stamps.answer, stamps.end) {
            let between = |a: Timestamp, b: Timestamp| b.duration_since(a).unsigned_abs();
            house.metrics.call_times(between(invite, answer), between(answer, end));
        }
        house.metrics.rtp_lost(report.media.lost);
    }
}

/// How long a contact waits when nobody can be called because of our own set-up.
const NO_TRUNK_PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// How long a trunk's fault keeps a contact off it.
const FAIL_OVER: SignedDuration = SignedDuration::from_mins(10);

fn after(now: Timestamp, pause: SignedDuration) -> Timestamp {
    now.checked_add(pause).unwrap_or(Timestamp::MAX)
}

/// What is reported of a call whose INVITE never left.
fn unsent(outcome: Outcome) -> CallReport {
    let finished = Finished {
        outcome,
        disposition: None,
        grades: Vec::new(),
        channel: Channel::Ivr,
        stamps: Stamps::default(),
        last_word: FinalWord::default(),
        hung_up_by: HungUpBy::Us,
        heard_percent: None,
        keys: String::new(),
        promised_on: None,
        identified: false,
    };
    CallReport { finished, actions: Vec::new(), rang: false, retry_after: None, media: Default::default() }
}

/// What the flow asked for, as the creditor's systems read it.
fn ask_code(action: &Action) -> String {
    match action {
        Action::OpenComplaint => "complaint".to_owned(),
        Action::ScheduleCall(CallAgain::AtHour(hour)) => format!("call_at:{hour}"),
        Action::ScheduleCall(CallAgain::NextWindow) => "call_next_window".to_owned(),
        Action::SendSms { template } => format!("sms:{template}"),
    }
}

fn sign(report: &CallReport) -> Sign {
    match report.finished.outcome {
        Outcome::Failed(Fault::Trunk) if !report.rang => Sign::Fault { retry_after: report.retry_after },
        Outcome::Cancelled | Outcome::Failed(_) => Sign::Nothing,
        _ => Sign::Well,
    }
}

/// What the carrier will charge for the answered time, by the second, in millionths of the currency's unit.
fn cost(per_minute: Money, finished: &Finished) -> Option<i64> {
    let (answer, end) = (finished.stamps.answer?, finished.stamps.end?);
    let seconds = (end.duration_since(answer).as_millis() + 999) / 1000;
    let micro = i128::from(per_minute.minor) * 10_000 * seconds / 60;
    i64::try_from(micro).ok()
}

fn recording_path(data: &std::path::Path, now: Timestamp, dial: &Dial) -> std::path::PathBuf {
    let day = now.strftime("%Y/%m/%d").to_string();
    data.join("recordings").join(day).join(format!("{}.wav", dial.attempt))
}
