//! A supervisor in an agent's talk. From his own phone he calls the agent's extension, or lets his phone be called by the
//! interface, and hears both; his keys, or the interface, say what else: 1 he only hears, 2 the agent hears him too, 3 the
//! debtor as well, 4 he takes the call over. Each is written down.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::floor::place;
use super::house::House;
use super::monitor::Monitor;
use crate::agents::Input;
use crate::call::{Desk, Seat, Whom};
use crate::config::AgentContact;
use crate::domain::{AgentId, AttemptId, Codec, Supervision};
use crate::media::{MediaEvent, Stream, StreamPlan};
use crate::sip::{Answering, IncomingCall, Leg, LegEvent, Reason};
use crate::web::{Supervise, Supervised};

/// Who is with whom, in which call.
#[derive(Clone)]
struct Watch {
    supervisor: AgentId,
    agent: AgentId,
    attempt: AttemptId,
}

/// How his part ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The call is over, or another supervisor has come: the call has left him.
    Dismissed,
    Leaves,
    TakesOver,
}

/// So long his phone may ring.
const RING: Duration = Duration::from_secs(30);
/// Longer than any talk: then the leg was forgotten.
const LONGEST: Duration = Duration::from_secs(2 * 3_600);

/// Whose extension a supervisor has called; `None`: nobody's, or he supervises nobody.
pub(super) fn watched(house: &House, supervisor: &AgentId, number: &str) -> Option<AgentId> {
    let plans = house.plans.load();
    let desks = &plans.config.agents.desks;
    desks.get(supervisor).filter(|desk| desk.supervises)?;
    let mut agents = desks.iter().filter(|(_, desk)| desk.extension.as_deref() == Some(number));
    agents.next().map(|(id, _)| id.clone()).filter(|agent| agent != supervisor)
}

/// Lets a supervisor into the agent's talk; without one he hears that nobody is there.
pub(super) async fn serve(
    house: Arc<House>,
    call: IncomingCall,
    (supervisor, agent): (AgentId, AgentId),
    stop: CancellationToken,
) {
    let Some(attempt) = house.floor.call_of(&agent) else { return call.refuse(480) };
    let watch = Watch { supervisor, agent, attempt };
    let stream = match house.media.open(StreamPlan::default()) {
        Ok(stream) => stream,
        Err(fault) => {
            warn!(%fault, "no sound for a supervisor");
            return call.refuse(503);
        }
    };
    let local = stream.local_addr();
    let public = house.plans.load().config.media.public_ip;
    let rtp = public.map_or(local, |public| (public, local.port()).into());
    match call.ring(Answering { rtp, codecs: vec![Codec::Pcma, Codec::Pcmu] }) {
        Some(leg) => {
            leg.answer();
            stay(&house, &watch, (leg, stream), &stop).await;
        }
        None => {
            stream.close().await;
        }
    }
}

/// What a program wants for a supervisor: first his phone is called, then it is told what he does.
pub(super) async fn by_program(house: &Arc<House>, asked: Supervise) -> Supervised {
    let plans = house.plans.load_full();
    let desks = &plans.config.agents.desks;
    let known = |login: &str| AgentId::parse(login).and_then(|id| desks.get_key_value(&id));
    let (Some((supervisor, desk)), Some((agent, _))) = (known(&asked.who), known(&asked.agent)) else {
        return Supervised::NotAllowed;
    };
    if !desk.supervises || supervisor == agent {
        return Supervised::NotAllowed;
    }
    let Some(attempt) = house.floor.call_of(agent) else { return Supervised::NoTalk };
    let watch = Watch { supervisor: supervisor.clone(), agent: agent.clone(), attempt };
    let there = house.live.supervisor(attempt).as_ref() == Some(supervisor);
    match asked.what {
        Some(Supervision::Listen) if !there => {
            house.helpers.spawn(call_phone(Arc::clone(house), watch, desk.contact.clone()));
        }
        _ if !there => return Supervised::NotThere,
        None => drop(house.live.supervise(attempt, None)),
        Some(what) if !note(house, &watch, what).await => return Supervised::NotWritten,
        // The agent's phone is released when the supervisor's rings; his leg of before ends.
        Some(Supervision::TakeOver) => {
            house.live.supervise(attempt, None);
            take_over(house, &watch).await;
        }
        Some(what) => drop(house.live.supervise(attempt, Some(what))),
    }
    Supervised::Done
}

/// Calls the supervisor's own phone, and lets him in when it is answered.
async fn call_phone(house: Arc<House>, watch: Watch, contact: Option<AgentContact>) {
    match place(&house, &watch.supervisor, contact.as_ref(), AttemptId(0)).await {
        Ok(Some(placed)) => {
            let stop = house.draining.clone();
            stay(&house, &watch, placed, &stop).await;
        }
        Ok(None) => info!(supervisor = %watch.supervisor, "a supervisor's phone is registered nowhere"),
        Err(fault) => {
            warn!(supervisor = %watch.supervisor, fault = format!("{fault:#}"), "a supervisor's phone can't be called");
        }
    }
}

/// His part from the ringing to the end.
async fn stay(house: &House, watch: &Watch, (mut leg, mut stream): (Leg, Stream), stop: &CancellationToken) {
    let end = attend(house, watch, (&mut leg, &mut stream), stop).await;
    if end != End::Dismissed {
        house.live.supervise(watch.attempt, None);
    }
    leg.hang_up(Reason::NORMAL);
    while leg.next_event().await.is_some() {}
    stream.close().await;
    if end == End::TakesOver {
        take_over(house, watch).await;
    }
}

/// Until one side has had enough.
async fn attend(
    house: &House,
    watch: &Watch,
    (leg, stream): (&mut Leg, &mut Stream),
    stop: &CancellationToken,
) -> End {
    let over = CancellationToken::new();
    let mut gone = Some(over.clone().drop_guard());
    let (limit, unanswered) = (sleep(LONGEST), sleep(RING));
    tokio::pin!(limit, unanswered);
    loop {
        let wish = tokio::select! {
            event = leg.next_event() => match event {
                Some(LegEvent::Answered(target)) => {
                    let connected = stream.connect(target).is_ok();
                    let Some(gone) = gone.take().filter(|_| connected) else { return End::Dismissed };
                    let monitor = Monitor::new(stream.link(), gone);
                    if !house.live.join(watch.attempt, &watch.supervisor, monitor) {
                        return End::Dismissed;
                    }
                    Some(Supervision::Listen)
                }
                Some(LegEvent::MediaChanged(target)) => {
                    stream.connect(target).ok();
                    None
                }
                Some(LegEvent::KeyByInfo(key)) => {
                    stream.key_by_info(key).ok();
                    None
                }
                Some(event) if event.is_last() => return left(gone.is_none()),
                Some(_) => None,
                None => return left(gone.is_none()),
            },
            event = stream.next_event() => match event {
                Some(MediaEvent::Digit { digit, .. }) => by_key(digit),
                Some(MediaEvent::Stale { .. }) | None => return left(gone.is_none()),
                Some(_) => None,
            },
            // The call is over, or another supervisor has come.
            () = over.cancelled() => return End::Dismissed,
            () = &mut unanswered, if gone.is_some() => return End::Dismissed,
            () = &mut limit => return left(gone.is_none()),
            () = stop.cancelled() => return left(gone.is_none()),
        };
        let Some(wish) = wish else { continue };
        // What can't be written down is not done.
        if !note(house, watch, wish).await {
            return left(gone.is_none());
        }
        if wish == Supervision::TakeOver {
            return End::TakesOver;
        }
        house.live.supervise(watch.attempt, Some(wish));
    }
}

/// Who never came in has nothing to leave.
fn left(came: bool) -> End {
    if came { End::Leaves } else { End::Dismissed }
}

fn by_key(digit: char) -> Option<Supervision> {
    match digit {
        '1' => Some(Supervision::Listen),
        '2' => Some(Supervision::Whisper),
        '3' => Some(Supervision::Barge),
        '4' => Some(Supervision::TakeOver),
        _ => None,
    }
}

async fn note(house: &House, watch: &Watch, wish: Supervision) -> bool {
    let Watch { supervisor, agent, attempt } = watch;
    let noted = house.store.note_supervision(supervisor, agent, *attempt, wish, house.clock.wall()).await;
    match noted {
        Ok(()) => {
            info!(%supervisor, %agent, %attempt, what = wish.code(), "a talk is supervised");
            true
        }
        Err(fault) => {
            warn!(%fault, "a supervision could not be written down: it does not take place");
            false
        }
    }
}

/// The agent is released, and the supervisor's phone rings for the call.
async fn take_over(house: &House, watch: &Watch) {
    for input in [Input::LogIn, Input::Ready] {
        house.floor.tell(&watch.supervisor, input).ok();
    }
    let whom = Whom::Agent(watch.supervisor.as_str().to_owned());
    match house.live.ask(watch.attempt, Seat::First, Desk::Transfer(whom)).await {
        Some(Ok(())) => {}
        Some(Err(why)) => info!(attempt = %watch.attempt, why = why.code(), "a call is not taken over"),
        None => info!(attempt = %watch.attempt, "a call was over before it was taken over"),
    }
}
