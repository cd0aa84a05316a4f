//! Legs to agents' phones: one that stays up while the agent is at work, or one for each call.

use std::sync::Arc;
use std::time::Duration;

use rand::RngExt;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::{Hand, SeatEvent, registered};
use crate::call::{Desk as Wish, Seat, Whom, WishNo};
use crate::config::{AgentContact, Desk};
use crate::daemon::house::House;
use crate::domain::attempt::HungUpBy;
use crate::domain::media_target::Direction;
use crate::domain::{AgentId, AttemptId, Codec, PhoneNumber};
use crate::media::{MediaEvent, Stream, StreamPlan};
use crate::sip::{Leg, LegEvent, PlaceCall, Reason, SessionTimer};

/// How long after a lost or refused phone it is called again.
const AGAIN: Duration = Duration::from_secs(3);
const AGAIN_AT_MOST: Duration = Duration::from_secs(60);
/// A phone that is not answered for so long is called anew.
const NAILED_RING: Duration = Duration::from_secs(30);
/// A phone that vanished without a word is noticed at the next refresh, at half of this.
const SESSION: SessionTimer =
    SessionTimer { expires: Duration::from_secs(120), min: Duration::from_secs(90) };

/// A phone to be rung for one call.
#[derive(Debug)]
pub(super) struct Ring {
    pub agent: AgentId,
    pub desk: Desk,
    pub limit: Duration,
    pub attempt: AttemptId,
    pub events: mpsc::Sender<SeatEvent>,
    /// The call wants the phone no longer.
    pub stop: CancellationToken,
}

/// Keeps an agent's phone up until told to stop.
pub(super) async fn nail_up(
    house: Arc<House>,
    agent: AgentId,
    contact: Option<AgentContact>,
    stop: CancellationToken,
) {
    let mut in_vain = 0;
    while !stop.is_cancelled() {
        let up = match place(&house, &agent, contact.as_ref(), AttemptId(0)).await {
            Ok(Some((leg, stream))) => stay(&house, &agent, leg, stream, &stop).await,
            // Registered nowhere yet.
            Ok(None) => true,
            Err(fault) => {
                warn!(%agent, fault = format!("{fault:#}"), "an agent's phone can't be called");
                false
            }
        };
        in_vain = if up { 0 } else { in_vain + 1 };
        tokio::select! {
            () = sleep(again(in_vain)) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// When a phone is called again that was called in vain so many times: one that refuses is not rung without end.
fn again(in_vain: u32) -> Duration {
    (AGAIN * (1 << in_vain.saturating_sub(1).min(5))).min(AGAIN_AT_MOST)
}

/// One leg's life: up, and gone. `false`: it never was up.
async fn stay(
    house: &House,
    agent: &AgentId,
    mut leg: Leg,
    mut stream: Stream,
    stop: &CancellationToken,
) -> bool {
    let (mut up, give_up) = (false, sleep(NAILED_RING));
    // Nothing comes from it; and whether that says nothing, for it pauses while nobody speaks.
    let (mut quiet, mut pauses) = (false, false);
    let (mut on_hold, mut changes) = (false, house.floor.changes());
    tokio::pin!(give_up);
    loop {
        let over = tokio::select! {
            event = leg.next_event() => match follow(event, &stream) {
                Word::Up => {
                    info!(%agent, "the agent's phone is up");
                    up = true;
                    house.floor.phone_up(agent, stream.link());
                    false
                }
                Word::HandOn(to) => {
                    hand_on(house, agent, &leg, &to).await;
                    false
                }
                Word::Held(held) => {
                    if up && on_hold != held {
                        on_hold = held;
                        hold(house, agent, held).await;
                        changes.mark_changed();
                        if !held && std::mem::take(&mut quiet) {
                            house.floor.phone_up(agent, stream.link());
                        }
                    }
                    false
                }
                Word::Over => true,
                Word::Nothing => false,
            },
            // Who has left his phone on hold gets no call on it.
            Ok(()) = changes.changed(), if on_hold && !quiet => {
                if !talks(house, agent) {
                    info!(%agent, "the agent's phone is on hold");
                    quiet = true;
                    house.floor.phone_lost(agent);
                }
                false
            }
            event = stream.next_event() => match event {
                Some(MediaEvent::Quiet { .. }) => {
                    if up && !pauses && !on_hold {
                        info!(%agent, "nothing comes from the agent's phone");
                        quiet = true;
                        house.floor.phone_lost(agent);
                    }
                    false
                }
                Some(MediaEvent::Resumed { paused }) => {
                    pauses |= paused;
                    if !on_hold && std::mem::take(&mut quiet) {
                        info!(%agent, pauses, "the agent's phone is heard again");
                        house.floor.phone_up(agent, stream.link());
                    }
                    false
                }
                event => is_silent(event.as_ref(), on_hold),
            },
            () = &mut give_up, if !up => true,
            () = stop.cancelled() => true,
        };
        if over {
            break;
        }
    }
    if up && !quiet {
        info!(%agent, "the agent's phone is gone");
        house.floor.phone_lost(agent);
    }
    leg.hang_up(Reason::NORMAL);
    stream.close().await;
    up
}

/// Rings a phone for one call and keeps it until the call wants it no longer.
pub(super) async fn ring(house: Arc<House>, ring: Ring) {
    let Ring { agent, desk, limit, attempt, events, stop } = ring;
    let (mut leg, mut stream) = match place(&house, &agent, desk.contact.as_ref(), attempt).await {
        Ok(Some(placed)) => placed,
        Ok(None) => {
            debug!(%agent, "an agent's phone is registered nowhere");
            events.send(SeatEvent::Missed).await.ok();
            return;
        }
        Err(fault) => {
            warn!(%agent, fault = format!("{fault:#}"), "an agent's phone can't be called");
            events.send(SeatEvent::Missed).await.ok();
            return;
        }
    };
    let last = match pick_up(&house, &agent, (&mut leg, &mut stream), limit, &stop).await {
        PickedUp::Heard => {
            house.floor.phone_heard(&agent);
            events.send(SeatEvent::Connected(stream.link())).await.ok();
            on_the_line(&house, &agent, (&mut leg, &mut stream), &stop).await
        }
        PickedUp::Unheard => {
            warn!(%agent, "nothing comes from the agent's phone: nobody is dialled for him until it is heard");
            house.floor.phone_unheard(&agent);
            Some(SeatEvent::Missed)
        }
        PickedUp::Not => Some(SeatEvent::Missed),
        PickedUp::NotWanted => None,
    };
    if let Some(last) = last {
        events.send(last).await.ok();
    }
    leg.hang_up(Reason::NORMAL);
    stream.close().await;
}

/// Calls a phone without a call for it, to hear whether something comes from it.
pub(super) async fn try_out(house: &House, agent: &AgentId, contact: Option<&AgentContact>) -> bool {
    let limit = house.plans.load().config.agents.plan.limits.ring;
    let Ok(Some((mut leg, mut stream))) = place(house, agent, contact, AttemptId(0)).await else {
        return false;
    };
    let stop = house.draining.child_token();
    let picked_up = pick_up(house, agent, (&mut leg, &mut stream), limit, &stop).await;
    info!(%agent, ?picked_up, "an agent's phone was tried");
    leg.hang_up(Reason::NORMAL);
    stream.close().await;
    matches!(picked_up, PickedUp::Heard)
}

/// What comes of the ringing of a phone.
#[derive(Clone, Copy, Debug)]
enum PickedUp {
    /// It is on the line, and something comes from it.
    Heard,
    Not,
    /// The call wants it no longer.
    NotWanted,
    /// It is on the line, and nothing comes from it.
    Unheard,
}

/// No phone may be silent for so long that is on the line.
const UNHEARD: Duration = Duration::from_secs(25);

/// Waits until a phone is picked up and heard. Where phones may be silent, the first is enough.
async fn pick_up(
    house: &House,
    agent: &AgentId,
    (leg, stream): (&mut Leg, &mut Stream),
    limit: Duration,
    stop: &CancellationToken,
) -> PickedUp {
    let must_speak = house.plans.load().config.agents.phone_quiet.is_some();
    let (mut up, give_up) = (false, sleep(limit));
    tokio::pin!(give_up);
    loop {
        tokio::select! {
            event = leg.next_event() => match follow(event, stream) {
                Word::Up if !must_speak => return PickedUp::Heard,
                Word::Up => {
                    up = true;
                    give_up.set(sleep(UNHEARD));
                }
                Word::Over => return PickedUp::Not,
                Word::HandOn(to) => hand_on(house, agent, leg, &to).await,
                Word::Held(_) | Word::Nothing => {}
            },
            event = stream.next_event() => match event {
                Some(MediaEvent::FirstPacketReceived { .. }) => return PickedUp::Heard,
                Some(MediaEvent::Quiet { .. } | MediaEvent::Stale { .. }) => return PickedUp::Unheard,
                Some(_) => {}
                None => return PickedUp::Not,
            },
            () = &mut give_up => return if up { PickedUp::Unheard } else { PickedUp::Not },
            () = stop.cancelled() => return PickedUp::NotWanted,
        }
    }
}

/// A phone that has been picked up for a call, until it is gone; `None`: the call wants it no longer.
pub(in crate::daemon) async fn on_the_line(
    house: &House,
    agent: &AgentId,
    (leg, stream): (&mut Leg, &mut Stream),
    stop: &CancellationToken,
) -> Option<SeatEvent> {
    let mut on_hold = false;
    loop {
        tokio::select! {
            event = leg.next_event() => {
                let hung_up = matches!(&event, Some(LegEvent::Ended { by: HungUpBy::Callee, .. }));
                match follow(event, stream) {
                    Word::Over => return Some(SeatEvent::Gone { lost: !hung_up }),
                    Word::HandOn(to) => hand_on(house, agent, leg, &to).await,
                    Word::Held(held) if held != on_hold => {
                        on_hold = held;
                        hold(house, agent, held).await;
                    }
                    Word::Held(_) | Word::Nothing | Word::Up => {}
                }
            }
            event = stream.next_event() => if is_silent(event.as_ref(), on_hold)
                || (is_quiet(event.as_ref()) && !on_hold)
            {
                return Some(SeatEvent::Gone { lost: true });
            },
            () = stop.cancelled() => return None,
        }
    }
}

/// What an event means for a phone.
enum Word {
    /// The phone wants its call handed on to this user.
    HandOn(String),
    /// Its own button puts us on hold (`true`), or takes us off it.
    Held(bool),
    Nothing,
    Over,
    Up,
}

fn follow(event: Option<LegEvent>, stream: &Stream) -> Word {
    match event {
        Some(LegEvent::Answered(target)) => match stream.connect(target) {
            Ok(()) => Word::Up,
            Err(fault) => {
                warn!(%fault, "an agent's media did not connect");
                Word::Over
            }
        },
        Some(LegEvent::MediaChanged(target)) => {
            let held = matches!(target.direction, Direction::Inactive | Direction::ReceiveOnly);
            if let Err(fault) = stream.connect(target) {
                warn!(%fault, "an agent's media did not change");
            }
            Word::Held(held)
        }
        Some(LegEvent::KeyByInfo(body, key)) => {
            stream.key_by_info(body, key).ok();
            Word::Nothing
        }
        Some(LegEvent::Refused { .. } | LegEvent::Ended { .. } | LegEvent::Fault(_)) | None => Word::Over,
        // An agent waits for no ringing tone.
        Some(LegEvent::Trying | LegEvent::Ringing { .. } | LegEvent::EarlyMedia(_)) => Word::Nothing,
        Some(LegEvent::Refer { to }) => Word::HandOn(to),
        Some(LegEvent::MediaKept { .. } | LegEvent::Transfer { .. }) => Word::Nothing,
    }
}

/// The hold button of a phone is its agent's wish: the debtor hears music until it is pressed again.
async fn hold(house: &House, agent: &AgentId, held: bool) {
    let Some((call, Hand::First)) = house.floor.hand_of(agent) else { return };
    let wish = if held { Wish::Hold } else { Wish::Resume };
    let done = matches!(house.live.ask(call, Seat::First, wish).await, Some(Ok(())));
    info!(%agent, held, done, "an agent's phone says whether it is on hold");
}

/// His phone's sound is wanted by a debtor or a colleague.
fn talks(house: &House, agent: &AgentId) -> bool {
    matches!(house.floor.hand_of(agent), Some((_, Hand::First | Hand::Second)))
}

/// Hands the agent's call on as if he had asked at his desk, to nobody but whom the house knows; his phone is told.
async fn hand_on(house: &House, agent: &AgentId, leg: &Leg, to: &str) {
    let code = match (whom(house, agent, to), house.floor.hand_of(agent)) {
        (Some(whom), Some((call, Hand::First))) => {
            match house.live.ask(call, Seat::First, Wish::Transfer(whom)).await {
                Some(Ok(())) => 200,
                Some(Err(WishNo::AgentBusy | WishNo::NobodyThere)) => 486,
                Some(Err(_)) | None => 403,
            }
        }
        (..) => 403,
    };
    info!(%agent, code, "an agent's phone wants its call handed on");
    leg.referred(code);
}

/// Another agent by his extension or login, a queue by its name, a number of the house's list, a hotline: whose, the gate asks.
fn whom(house: &House, own: &AgentId, to: &str) -> Option<Whom> {
    let plans = house.plans.load();
    let agents = &plans.config.agents;
    let number = PhoneNumber::parse(to).or_else(|_| PhoneNumber::parse(&format!("+{to}"))).ok();
    let login =
        agents.desks.iter().find(|(id, desk)| desk.extension.as_deref() == Some(to) || id.as_str() == to);
    match (login, number) {
        (Some((id, _)), _) if id == own => None,
        (Some((id, _)), _) => Some(Whom::Agent(id.as_str().to_owned())),
        (None, Some(number)) if agents.knows_outside(&number) => Some(Whom::Outside(number)),
        (None, _) => agents.plan.queues.contains_key(to).then(|| Whom::Queue(to.to_owned())),
    }
}

/// No sound has come for the media's time-out, or the engine is gone: whoever talks with him would talk to nobody. A phone that
/// has us on hold need not send.
fn is_silent(event: Option<&MediaEvent>, on_hold: bool) -> bool {
    match event {
        Some(MediaEvent::Stale { .. }) => !on_hold,
        Some(_) => false,
        None => true,
    }
}

/// Nothing comes from a phone that should send.
fn is_quiet(event: Option<&MediaEvent>) -> bool {
    matches!(event, Some(MediaEvent::Quiet { .. }))
}

/// Calls a phone; `None`: nobody knows where it is.
pub(in crate::daemon) async fn place(
    house: &House,
    agent: &AgentId,
    fixed: Option<&AgentContact>,
    attempt: AttemptId,
) -> anyhow::Result<Option<(Leg, Stream)>> {
    let Some((user, mut target)) = registered::target(house, agent, fixed) else { return Ok(None) };
    target.session_timer = Some(SESSION);
    target.takes_refer = true;
    let plans = house.plans.load();
    let quiet = plans.config.agents.phone_quiet;
    // Behind NAT its SDP names an address of its own house.
    let signals_from = target.phone.as_ref().and_then(|_| target.hop.host.parse().ok());
    let stream = house.media.open(StreamPlan { quiet, signals_from, ..StreamPlan::default() })?;
    let local = stream.local_addr();
    let public = plans.config.media.public_ip;
    drop(plans);
    let call = PlaceCall {
        attempt,
        tag: rand::make_rng::<rand_pcg::Pcg64>().random(),
        trunk: target,
        to_user: user,
        from_user: "obzvon".to_owned(),
        display: None,
        rtp: public.map_or(local, |public| (public, local.port()).into()),
        codecs: vec![Codec::Pcma, Codec::Pcmu],
    };
    Ok(Some((house.stack.place(call).await?, stream)))
}
