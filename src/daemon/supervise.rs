//! A supervisor in an agent's talk. From his own phone he calls the agent's extension, or lets his phone be called by the
//! interface, and hears both; his keys, or the interface, say what else: 1 he only hears, 2 the agent hears him too, 3 the
//! debtor as well, 4 he takes the call over on the phone he listens with, and is the call's agent until it is written up. Each is
//! written down.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::floor::{Drafted, Hand, on_the_line, place};
use super::house::House;
use super::monitor::Monitor;
use crate::call::WishNo;
use crate::config::AgentContact;
use crate::domain::{AgentId, AttemptId, Codec, Supervision};
use crate::media::{MediaEvent, Stream, StreamLink, StreamPlan};
use crate::sip::{Answering, IncomingCall, Leg, LegEvent, Reason};
use crate::web::{Supervise, Supervised};

/// Who is with whom, in which call.
#[derive(Clone)]
struct Watch {
    supervisor: AgentId,
    /// Whom he came to.
    agent: AgentId,
    attempt: AttemptId,
}

/// How his part ended.
#[derive(Debug)]
enum End {
    /// The call is over, or another supervisor has come: the call has left him.
    Dismissed,
    Leaves,
    /// The call is his.
    TakesOver(Drafted),
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
    let stream = match house.media.open(StreamPlan::of_agent(call.source.ip())) {
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
        Some(Supervision::Listen) if !there => return call_phone(house, watch, desk.contact.as_ref()).await,
        _ if !there => return Supervised::NotThere,
        None => drop(house.live.supervise(attempt, None)),
        // It is for his part in the call to do, which has his phone.
        Some(Supervision::TakeOver) => {
            return house.live.has_taken_over(attempt).await.unwrap_or(Supervised::NotThere);
        }
        Some(what) if !note(house, &watch, (what, None)).await => return Supervised::NotWritten,
        Some(what) => drop(house.live.supervise(attempt, Some(what))),
    }
    Supervised::Done
}

/// Calls the supervisor's own phone, and lets him in when it is answered; he hears at once where there is none to call.
async fn call_phone(house: &Arc<House>, watch: Watch, contact: Option<&AgentContact>) -> Supervised {
    match place(house, &watch.supervisor, contact, AttemptId(0)).await {
        Ok(Some(placed)) => {
            let (house, stop) = (Arc::clone(house), house.draining.clone());
            house.clone().helpers.spawn(async move { stay(&house, &watch, placed, &stop).await });
            return Supervised::Done;
        }
        Ok(None) => info!(supervisor = %watch.supervisor, "a supervisor's phone is registered nowhere"),
        Err(fault) => {
            warn!(supervisor = %watch.supervisor, fault = format!("{fault:#}"), "a supervisor's phone can't be called");
        }
    }
    Supervised::NoPhone
}

/// His part from the ringing to the end.
async fn stay(house: &House, watch: &Watch, (mut leg, mut stream): (Leg, Stream), stop: &CancellationToken) {
    match attend(house, watch, (&mut leg, &mut stream), stop).await {
        End::Dismissed => {}
        End::Leaves => drop(house.live.supervise(watch.attempt, None)),
        End::TakesOver(Drafted { events, stop }) => {
            let last = on_the_line(house, &watch.supervisor, (&mut leg, &mut stream), &stop).await;
            if let Some(last) = last {
                events.send(last).await.ok();
            }
        }
    }
    leg.hang_up(Reason::NORMAL);
    while leg.next_event().await.is_some() {}
    stream.close().await;
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
    let (takes_over, mut asked) = mpsc::channel(1);
    let mut asker = None;
    tokio::pin!(limit, unanswered);
    loop {
        let wish = tokio::select! {
            event = leg.next_event() => match event {
                Some(LegEvent::Answered(target)) => {
                    let connected = stream.connect(target).is_ok();
                    let Some(gone) = gone.take().filter(|_| connected) else { return End::Dismissed };
                    let monitor = Monitor::new(stream.link(), gone);
                    let supervisor = (watch.supervisor.clone(), takes_over.clone());
                    if !house.live.join(watch.attempt, supervisor, monitor) {
                        return End::Dismissed;
                    }
                    Some(Supervision::Listen)
                }
                Some(LegEvent::MediaChanged(target)) => {
                    stream.connect(target).ok();
                    None
                }
                Some(LegEvent::KeyByInfo(body, key)) => {
                    stream.key_by_info(body, key).ok();
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
            Some(who) = asked.recv() => {
                asker = Some(who);
                Some(Supervision::TakeOver)
            }
            // The call is over, or another supervisor has come.
            () = over.cancelled() => return End::Dismissed,
            () = &mut unanswered, if gone.is_some() => return End::Dismissed,
            () = &mut limit => return left(gone.is_none()),
            () = stop.cancelled() => return left(gone.is_none()),
        };
        let Some(wish) = wish else { continue };
        // What can't be written down is not done.
        if !note(house, watch, (wish, None)).await {
            answer(asker.take(), Supervised::NotWritten);
            return left(gone.is_none());
        }
        if wish != Supervision::TakeOver {
            house.live.supervise(watch.attempt, Some(wish));
            continue;
        }
        match take_over(house, watch, stream.link()).await {
            Ok(drafted) => {
                answer(asker.take(), Supervised::Done);
                return End::TakesOver(drafted);
            }
            // He is in the talk as before.
            Err(code) => answer(asker.take(), Supervised::Refused(code)),
        }
    }
}

/// Tells the program that asked; keys ask for no answer.
fn answer(asker: Option<oneshot::Sender<Supervised>>, said: Supervised) {
    asker.map(|asker| asker.send(said));
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

async fn note(house: &House, watch: &Watch, wish: (Supervision, Option<&'static str>)) -> bool {
    let Watch { supervisor, attempt, .. } = watch;
    let agent = &supervised(house, watch);
    let noted = house.store.note_supervision(supervisor, agent, *attempt, wish, house.clock.wall()).await;
    match noted {
        Ok(()) => {
            let (what, refused) = (wish.0.code(), wish.1);
            info!(%supervisor, %agent, %attempt, what, refused, "a talk is supervised");
            true
        }
        Err(fault) => {
            warn!(%fault, "a supervision could not be written down: it does not take place");
            false
        }
    }
}

/// Whose talk it is now: the agent he came to, else whom that one has handed it on to.
fn supervised(house: &House, watch: &Watch) -> AgentId {
    let hand = house.floor.hand_of(&watch.agent).filter(|(attempt, _)| *attempt == watch.attempt);
    match hand.map(|(_, hand)| hand) {
        Some(Hand::First | Hand::Second) => watch.agent.clone(),
        Some(Hand::Expects | Hand::Left | Hand::Writes) | None => {
            house.floor.agent_of(watch.attempt).unwrap_or_else(|| watch.agent.clone())
        }
    }
}

/// The agent leaves the call to the supervisor, who is reserved for it and goes on on the phone he listens with. Refused, it is
/// written down why, and he listens on.
///
/// # Errors
/// The reason's code.
async fn take_over(house: &House, watch: &Watch, link: StreamLink) -> Result<Drafted, &'static str> {
    let code = match house.floor.draft(&watch.supervisor, link) {
        Ok((seat, drafted)) => match house.live.take_over(watch.attempt, seat).await {
            Some(Ok(())) => return Ok(drafted),
            Some(Err(why)) => why.code(),
            None => "no_talk",
        },
        // He has a call of his own, or writes one up.
        Err(_) => WishNo::AgentBusy.code(),
    };
    note(house, watch, (Supervision::TakeOver, Some(code))).await;
    Err(code)
}
