//! People who call our numbers: a person known by his number is asked who he is and told, everybody else hears a neutral
//! word; both may reach an agent.

mod known;
mod stranger;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tracing::{info, warn};

use self::known::Known;
use super::call_seats::{CallSeats, From};
use super::call_task::{CallReport, CallTask, Way};
use super::house::{House, Plans};
use super::live::Word;
use super::voice::NameSound;
use crate::agents;
use crate::call::{AgentPlan, Call, CallLimits, CallPlan};
use crate::domain::{AttemptId, PhoneNumber};
use crate::import::one_phone;
use crate::ivr::{CallFacts, Flow};
use crate::media::{RecordingPlan, Stream, StreamPlan};
use crate::sip::{Answering, IncomingCall};
use crate::trunk::TrunkPlan;

/// A call before anybody has looked who it is.
struct Arrival {
    plans: Arc<Plans>,
    trunk: Arc<TrunkPlan>,
    /// The number shown; `None`: none, or none that could be dialled.
    phone: Option<PhoneNumber>,
    /// Our number that was called, as far as the trunk tells it.
    called: PhoneNumber,
}

impl Arrival {
    /// `None`: the call came over no trunk that could show a number of ours.
    fn of(house: &House, plans: Arc<Plans>, call: &IncomingCall, from: IpAddr) -> Option<Self> {
        let region = &plans.config.import.region;
        let called = one_phone(&call.to_user, region);
        let trunk = house.sources.trunk_at(&plans.config.trunks, from, called.as_ref()).cloned()?;
        let shown = trunk.caller_ids.first().map(|shown| shown.number.clone());
        let called = called.or(shown)?;
        Some(Self { phone: one_phone(call.from_user(), region), trunk, called, plans })
    }
}

/// Takes a call that came in over a trunk.
pub(super) async fn answer(house: Arc<House>, call: IncomingCall, from: IpAddr) {
    let plans = house.plans.load_full();
    let Some(inbound) = plans.config.inbound.clone() else { return call.refuse(480) };
    let Some(arrival) = Arrival::of(&house, plans, &call, from) else { return call.refuse(480) };
    let trunk = Arc::clone(&arrival.trunk.name);
    let done = match Known::find(&house, &arrival, &inbound).await {
        Ok(known) => {
            house.metrics.call_came_in("known");
            known.talk(&house, call).await
        }
        Err(why) => {
            house.metrics.call_came_in(why.code());
            stranger::talk(&house, &arrival, &inbound.stranger_flow, why, call).await
        }
    };
    match done {
        Ok(()) => info!(%trunk, "a call that came in is over"),
        Err(fault) => warn!(%trunk, fault = format!("{fault:#}"), "a call that came in failed"),
    }
}

/// From the answer to an agent: flow and waiting together.
const LONGEST: Duration = Duration::from_secs(1_200);

/// What is said in a call that came in, and to whom.
struct Talk {
    attempt: AttemptId,
    flow: Arc<Flow>,
    facts: CallFacts,
    agent: AgentPlan,
    caller: agents::Caller,
    record: bool,
    name: NameSound,
}

/// Opens the sound of a call.
fn open(house: &House, recording: Option<RecordingPlan>) -> Result<Stream, crate::media::MediaError> {
    house.media.open(StreamPlan { recording, ..StreamPlan::default() })
}

/// Drives the call to its end.
async fn drive(
    house: &Arc<House>,
    arrival: &Arrival,
    (call, stream): (IncomingCall, Stream),
    talk: Talk,
    words: tokio::sync::mpsc::Receiver<Word>,
) -> CallReport {
    let plans = &arrival.plans;
    let local = stream.local_addr();
    let rtp = plans.config.media.public_ip.map_or(local, |public| (public, local.port()).into());
    let answering = Answering { rtp, codecs: arrival.trunk.codecs.clone() };
    let (flow, today) = (talk.flow.label(), talk.facts.today);
    let plan = CallPlan {
        flow: talk.flow,
        facts: talk.facts,
        limits: CallLimits { talk: LONGEST, tail: plans.config.media.tail, ..CallLimits::default() },
        agent: talk.agent,
        record: talk.record,
    };
    let task = CallTask {
        attempt: talk.attempt,
        flow,
        call: Call::new(plan, house.clock.now(), house.clock.wall()),
        way: Way::In(call, answering),
        stack: Arc::clone(&house.stack),
        stream,
        voice: Arc::clone(&plans.voice),
        name: talk.name,
        today,
        clock: house.clock,
        talking: Arc::clone(&house.talking),
        seats: CallSeats::new(Arc::clone(house), talk.attempt, (talk.caller, From::Them), None),
        ticket: None,
        mover: None,
        words,
    };
    Box::pin(task.drive()).await
}
