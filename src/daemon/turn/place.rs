//! From the permit to the call's end: the media, the INVITE, and the call's own task.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rand::RngExt;
use tracing::{info, warn};

use super::Turn;
use super::choose::Choice;
use crate::agents::Limits;
use crate::call::{AgentPlan, Call, CallLimits, CallPlan, StopReason};
use crate::campaign::CampaignPlan;
use crate::daemon::call_seats::{CallSeats, From};
use crate::daemon::call_task::{CallReport, CallTask, Way};
use crate::daemon::desk;
use crate::daemon::house::{House, Plans};
use crate::daemon::recordings;
use crate::daemon::sip_names::{codecs, target};
use crate::daemon::voice::NameSound;
use crate::daemon::write_down::write_down;
use crate::detect::{DetectorPlan, TalkPlan};
use crate::domain::attempt::Finished;
use crate::domain::{AttemptId, Fault, Outcome};
use crate::ivr::CallFacts;
use crate::media::{RecordingPlan, StreamPlan};
use crate::sip::PlaceCall;
use crate::store::{Dial, DialPermit};
use crate::trunk::Sign;

impl Turn {
    pub(super) async fn call(
        &mut self,
        house: &Arc<House>,
        mut choice: Choice,
        name: NameSound,
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
                let finish = self.finish_request(house, &choice, attempt, (unsent(Outcome::Cancelled), None));
                Box::pin(write_down(house, finish)).await?;
                return Ok(());
            }
        };
        let recording = self.recording(house, attempt);
        let task = match self.task(house, &choice, name, &dial, recording.clone()) {
            Ok(task) => task,
            Err(fault) => {
                warn!(%fault, "no media for a call");
                if let Some(wanted) = self.wanted.take() {
                    wanted.not_called(house, desk::reason(Outcome::Failed(Fault::Us).code()));
                }
                return self.finish(house, &choice, &dial, unsent(Outcome::Failed(Fault::Us))).await;
            }
        };
        let (here, words) = house.live.enter(attempt);
        // Whoever takes the call back from here on finds it among the live ones; what was said before, a kill switch
        // that was thrown, a window that closed, is seen now.
        let withdrawn = house.store.withdrawn(attempt).await?;
        if withdrawn.is_some() || !house.may_dial() || over(&dial, house.clock.wall()) {
            info!(%attempt, ?withdrawn, "a dial that was decided is not sent");
            return self.finish(house, &choice, &dial, unsent(Outcome::Cancelled)).await;
        }
        house.metrics.call_started(&trunk.name);
        if let Some(wanted) = self.wanted.take() {
            wanted.called();
        }
        drop(place);
        let drive = Box::pin(CallTask { words, ..task }.drive());
        // Beside the call, so that the INVITE waits for nothing; what is lost in a crash was dialled at this moment.
        let noted = house.store.note_invite(attempt, house.clock.wall());
        let (report, noted) = tokio::join!(ended_in_time(house, &dial, drive), noted);
        if let Err(fault) = noted {
            warn!(%attempt, %fault, "the moment of the INVITE was not kept");
        }
        choice.line.tell(sign(&report));
        self.count(house, &trunk.name, &report);
        let finished = self.finish(house, &choice, &dial, report).await;
        if let Some(path) = recording {
            recordings::keep(house, attempt, path).await;
        }
        house.floor.closed(attempt);
        // A call is over when it is written down: who waits for the last one may read the store then.
        drop(here);
        finished
    }

    /// Where the call's recording goes, if it is to be recorded.
    fn recording(&self, house: &House, attempt: AttemptId) -> Option<PathBuf> {
        let data = &self.plans.config.daemon.data_dir;
        self.plan.limits.record.then(|| recording_path(data, house.clock.wall(), attempt))
    }

    /// Opens the media and makes the call and its INVITE.
    fn task(
        &mut self,
        house: &Arc<House>,
        choice: &Choice,
        name: NameSound,
        dial: &Dial,
        recording: Option<PathBuf>,
    ) -> anyhow::Result<CallTask> {
        let config = &self.plans.config;
        let trunk = choice.line.trunk();
        let recording = recording.map(|path| RecordingPlan { path });
        let agents = self.plan.dialling.agents();
        let first_words = agents.map_or(Duration::ZERO, |calls| calls.first_words);
        let talk = agents.map_or_else(TalkPlan::default, |_| TalkPlan::for_agents());
        let library = Arc::clone(&config.media.announcements);
        let ears = DetectorPlan { library, talk, ..DetectorPlan::default() };
        let plan =
            StreamPlan { recording, detector: Some(ears), first_words, quiet: None, signals_from: None };
        let stream = house.media.open(plan)?;
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
            facts: self.call_facts(choice, &name, dial),
            limits: CallLimits { ring: trunk.ring_limit, tail: config.media.tail, ..CallLimits::default() },
            agent: self.agent_plan(),
            record: self.plan.limits.record,
        };
        let call = Call::new(plan, house.clock.now(), house.clock.wall());
        let (_, words) = tokio::sync::mpsc::channel(1);
        let (stack, voice) = (Arc::clone(&house.stack), Arc::clone(&self.plans.voice));
        Ok(CallTask {
            attempt: dial.attempt,
            flow: choice.flow.label(),
            call,
            way: Way::Out(place),
            stack,
            stream,
            voice,
            name,
            today: choice.debtor_today,
            clock: house.clock,
            talking: Arc::clone(&house.talking),
            seats: CallSeats::new(
                Arc::clone(house),
                dial.attempt,
                (self.caller(), From::Us),
                self.seat.take(),
            ),
            ticket: self.ticket.take(),
            mover: Some(Arc::clone(trunk)),
            words,
        })
    }

    /// Where agents come in.
    fn agent_plan(&self) -> AgentPlan {
        let usual = agents_part(&self.plans, &self.plan);
        let calls = self.plan.dialling.agents();
        AgentPlan {
            first: calls.map(|calls| calls.queue.to_string()),
            deadline: calls.map_or(usual.deadline, |calls| calls.deadline),
            clock: calls.map_or(usual.clock, |calls| calls.clock),
            verdict: calls.map_or(usual.verdict, |calls| calls.verdict_limit),
            ..usual
        }
    }

    fn call_facts(&self, choice: &Choice, name: &NameSound, dial: &Dial) -> CallFacts {
        let contact = &self.contact;
        let (creditor, amount) = (self.creditor_said().to_owned(), dial.owed);
        let by = (self.plan.identity, name.name.as_ref());
        CallFacts {
            name: name.name.clone(),
            identified_by: self.plan.identity,
            language: contact.language,
            untold: self.plans.voice.closed(&choice.flow, (&creditor, amount), by),
            creditor,
            amount,
            due: contact.due,
            kind: choice.kind,
            callback: choice.caller_id.clone(),
            today: choice.debtor_today,
        }
    }
}

/// Where agents come in when the flow or the debtor asks for one.
pub(in crate::daemon) fn agents_part(plans: &Plans, plan: &CampaignPlan) -> AgentPlan {
    let limits = plans.config.agents.plan.limits;
    let apology = plan.apology.as_ref().and_then(|flow| plans.config.flows.get(flow)).cloned();
    let (ring, talk, unrecorded) = (sought_for(&limits), limits.talk, limits.unrecorded);
    AgentPlan { ring, talk, unrecorded, apology, ..AgentPlan::default() }
}

/// How long one agent is sought: longer than his phone rings, so that who lets it ring has missed the call.
pub(in crate::daemon) fn sought_for(limits: &Limits) -> Duration {
    limits.ring + Duration::from_secs(2)
}

/// The rules have ended the dial.
fn over(dial: &Dial, now: Timestamp) -> bool {
    dial.until.is_some_and(|until| until <= now)
}

/// Drives the call, and ends it when the rules do: the window closes, a hold begins.
async fn ended_in_time(
    house: &House,
    dial: &Dial,
    mut drive: Pin<Box<impl Future<Output = CallReport>>>,
) -> CallReport {
    let Some(until) = dial.until else { return drive.await };
    let left = until.duration_since(house.clock.wall());
    let closing = tokio::time::sleep(left.try_into().unwrap_or_default());
    tokio::select! {
        report = &mut drive => return report,
        () = closing => {}
    }
    info!(attempt = %dial.attempt, "the rules end the call");
    house.live.stop(dial.attempt, StopReason::Hold);
    drive.await
}

/// What is reported of a call whose INVITE never left.
fn unsent(outcome: Outcome) -> CallReport {
    let finished = Finished::untold(outcome);
    CallReport { finished, actions: Vec::new(), rang: false, retry_after: None, media: Default::default() }
}

fn sign(report: &CallReport) -> Sign {
    // One that answers and connects no sound has not done its part, though it rang.
    let answered = report.finished.stamps.answer.is_some();
    match report.finished.outcome {
        Outcome::Failed(Fault::Trunk) if answered || !report.rang => {
            Sign::Fault { retry_after: report.retry_after }
        }
        Outcome::Cancelled | Outcome::Failed(_) => Sign::Nothing,
        _ => Sign::Well,
    }
}

/// Where the recording of an attempt lies whose call began at `now`.
pub fn recording_path(data: &std::path::Path, now: Timestamp, attempt: AttemptId) -> std::path::PathBuf {
    let day = now.strftime("%Y/%m/%d").to_string();
    data.join("recordings").join(day).join(format!("{attempt}.wav"))
}
