//! Legs to agents' phones: one that stays up while the agent is at work, or one for each call.

use std::sync::Arc;
use std::time::Duration;

use rand::RngExt;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::SeatEvent;
use crate::config::{AgentContact, Desk};
use crate::daemon::house::House;
use crate::domain::{AgentId, AttemptId, Codec};
use crate::media::{MediaEvent, Stream, StreamPlan};
use crate::sip::{Leg, LegEvent, PlaceCall, Reason, SessionTimer, Transport, TrunkTarget};
use crate::trunk;

/// How long after a lost or refused phone it is called again.
const AGAIN: Duration = Duration::from_secs(3);
/// A phone that is not answered for so long is called anew.
const NAILED_RING: Duration = Duration::from_secs(30);
/// A phone that vanished without a word is noticed at the next refresh, at half of this.
const SESSION: SessionTimer =
    SessionTimer { expires: Duration::from_secs(120), min: Duration::from_secs(90) };

/// A phone to be rung for one call.
#[derive(Debug)]
pub(super) struct Ring {
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
    contact: AgentContact,
    stop: CancellationToken,
) {
    while !stop.is_cancelled() {
        match place(&house, &contact, AttemptId(0)).await {
            Ok((leg, stream)) => stay(&house, &agent, leg, stream, &stop).await,
            Err(fault) => warn!(%agent, fault = format!("{fault:#}"), "an agent's phone can't be called"),
        }
        tokio::select! {
            () = sleep(AGAIN) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// One leg's life: up, and gone.
async fn stay(house: &House, agent: &AgentId, mut leg: Leg, mut stream: Stream, stop: &CancellationToken) {
    let (mut up, give_up) = (false, sleep(NAILED_RING));
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
                Word::Over => true,
                Word::Nothing => false,
            },
            event = stream.next_event() => is_silent(event.as_ref()),
            () = &mut give_up, if !up => true,
            () = stop.cancelled() => true,
        };
        if over {
            break;
        }
    }
    if up {
        info!(%agent, "the agent's phone is gone");
        house.floor.phone_lost(agent);
    }
    leg.hang_up(Reason::NORMAL);
    stream.close().await;
}

/// Rings a phone for one call and keeps it until the call wants it no longer.
pub(super) async fn ring(house: Arc<House>, ring: Ring) {
    let Ring { desk, limit, attempt, events, stop } = ring;
    let Some(contact) = desk.contact else {
        debug!("an agent's phone is registered nowhere");
        events.send(SeatEvent::Missed).await.ok();
        return;
    };
    let (mut leg, mut stream) = match place(&house, &contact, attempt).await {
        Ok(placed) => placed,
        Err(fault) => {
            warn!(fault = format!("{fault:#}"), "an agent's phone can't be called");
            events.send(SeatEvent::Missed).await.ok();
            return;
        }
    };
    let (mut up, give_up) = (false, sleep(limit));
    tokio::pin!(give_up);
    let last = loop {
        tokio::select! {
            event = leg.next_event() => {
                let hung_up = matches!(&event, Some(LegEvent::Ended { by, .. }) if *by == crate::domain::attempt::HungUpBy::Callee);
                match follow(event, &stream) {
                    Word::Up => {
                        up = true;
                        events.send(SeatEvent::Connected(stream.link())).await.ok();
                    }
                    Word::Over if up => break Some(SeatEvent::Gone { lost: !hung_up }),
                    Word::Over => break Some(SeatEvent::Missed),
                    Word::Nothing => {}
                }
            }
            event = stream.next_event() => if is_silent(event.as_ref()) {
                break Some(if up { SeatEvent::Gone { lost: true } } else { SeatEvent::Missed });
            },
            () = &mut give_up, if !up => break Some(SeatEvent::Missed),
            () = stop.cancelled() => break None,
        }
    };
    if let Some(last) = last {
        events.send(last).await.ok();
    }
    leg.hang_up(Reason::NORMAL);
    stream.close().await;
}

/// What an event means for a phone.
enum Word {
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
            if let Err(fault) = stream.connect(target) {
                warn!(%fault, "an agent's media did not change");
            }
            Word::Nothing
        }
        Some(LegEvent::KeyByInfo(key)) => {
            stream.key_by_info(key).ok();
            Word::Nothing
        }
        Some(LegEvent::Refused { .. } | LegEvent::Ended { .. } | LegEvent::Fault(_)) | None => Word::Over,
        // An agent waits for no ringing tone.
        Some(LegEvent::Trying | LegEvent::Ringing { .. } | LegEvent::EarlyMedia(_)) => Word::Nothing,
        Some(LegEvent::MediaKept { .. } | LegEvent::Transfer { .. }) => Word::Nothing,
    }
}

/// No sound has come for the media's time-out, or the engine is gone: whoever talks with him would talk to nobody.
fn is_silent(event: Option<&MediaEvent>) -> bool {
    matches!(event, Some(MediaEvent::Stale { .. }) | None)
}

/// Calls a phone.
async fn place(house: &House, contact: &AgentContact, attempt: AttemptId) -> anyhow::Result<(Leg, Stream)> {
    let stream = house.media.open(StreamPlan::default())?;
    let plans = house.plans.load_full();
    let local = stream.local_addr();
    let rtp = plans.config.media.public_ip.map_or(local, |public| (public, local.port()).into());
    let transport = match contact.transport {
        trunk::Transport::Tcp => Transport::Tcp,
        trunk::Transport::Tls => Transport::Tls,
        trunk::Transport::Udp => Transport::Udp,
    };
    let mut target = TrunkTarget::new(contact.host.clone(), contact.port, transport);
    target.session_timer = Some(SESSION);
    let call = PlaceCall {
        attempt,
        tag: rand::make_rng::<rand_pcg::Pcg64>().random(),
        trunk: target,
        to_user: contact.user.clone(),
        from_user: "obzvon".to_owned(),
        display: None,
        rtp,
        codecs: vec![Codec::Pcma, Codec::Pcmu],
    };
    Ok((house.stack.place(call).await?, stream))
}
