//! Somebody outside who is asked into a call or takes it over: a number of the house's own list or the hotline of the debt's
//! creditor, over a trunk, written down before it is dialled. A debtor's number is never called this way.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rand::RngExt;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{info, warn};

use super::floor::SeatEvent;
use super::house::House;
use super::lines::Line;
use super::sip_names::{codecs, target};
use crate::call::WishNo;
use crate::domain::attempt::HungUpBy;
use crate::domain::{AgentId, AttemptId, PhoneNumber};
use crate::media::{MediaEvent, Stream, StreamLink, StreamPlan};
use crate::sip::{DialogName, Leg, LegEvent, PlaceCall, Reason};
use crate::store::{StoreError, TransferRow};
use crate::trunk::Ask;

/// Who wants whom outside, for which call.
#[derive(Clone, Debug)]
pub struct Asked {
    pub attempt: AttemptId,
    /// The agent who talks with the debtor, or did when he handed the call on.
    pub agent: Option<AgentId>,
    pub number: PhoneNumber,
    /// Whose debt the call is about.
    pub creditor: Option<Arc<str>>,
}

/// A leg to somebody outside. Dropped, it ends.
#[derive(Debug)]
pub struct Outside {
    /// His sound, while he is on the line.
    pub link: Option<StreamLink>,
    /// The trunk he is reached over, and his call's name there, once he is on the line.
    dialog: Arc<OnceLock<(Arc<str>, DialogName)>>,
    heard: mpsc::Receiver<SeatEvent>,
    _leg: DropGuard,
}

impl Outside {
    /// Calls a number for a call; what comes of it is the next event.
    pub fn call(house: &Arc<House>, asked: Asked, wait: Duration) -> Self {
        let (events, heard) = mpsc::channel(4);
        let stop = CancellationToken::new();
        let leg = stop.clone().drop_guard();
        let house_of_it = Arc::clone(house);
        let dialog = Arc::<OnceLock<_>>::default();
        let named = Arc::clone(&dialog);
        house.helpers.spawn(async move {
            let last = match dial(&house_of_it, &asked).await {
                Ok(Some((leg, stream, line))) => follow((leg, stream), wait, (&events, &named), &stop, line).await,
                Ok(None) => Some(SeatEvent::Missed),
                Err(fault) => {
                    warn!(attempt = %asked.attempt, fault = format!("{fault:#}"), "nobody outside could be called");
                    Some(SeatEvent::Missed)
                }
            };
            if let Some(last) = last {
                events.send(last).await.ok();
            }
        });
        Self { link: None, dialog, heard, _leg: leg }
    }

    /// His call as his trunk knows it, where it is this one.
    pub fn dialog(&self, trunk: &str) -> Option<&DialogName> {
        self.dialog.get().filter(|(own, _)| **own == *trunk).map(|(_, dialog)| dialog)
    }

    /// The next event of his leg.
    pub async fn next_event(&mut self) -> SeatEvent {
        let event = self.heard.recv().await.unwrap_or(SeatEvent::Gone { lost: true });
        if let SeatEvent::Connected(link) = &event {
            self.link = Some(link.clone());
        }
        event
    }
}

/// Whether a call may be handed on to a number over a trunk: one of the list or the creditor's hotline, and nobody's of the
/// debtors, written down before it is done.
///
/// # Errors
/// When it can't be written down: then it may not be done.
pub async fn allowed(house: &House, asked: &Asked, trunk: &str) -> Result<bool, StoreError> {
    if !is_listed(house, asked) {
        return Ok(false);
    }
    let Asked { attempt, agent, number, creditor: _ } = asked;
    let noted = house.store.note_transfer(TransferRow {
        at: house.clock.wall(),
        agent: agent.clone(),
        attempt: *attempt,
        number: number.clone(),
        trunk: trunk.to_owned(),
    });
    let noted = noted.await?;
    if !noted {
        warn!(%attempt, "a number of the list is a debtor's: it is not called");
    }
    Ok(noted)
}

/// Why a number may not be called, as far as the house's list, the hotline of this creditor and the kill switch tell.
///
/// # Errors
/// Why not.
pub fn reaches(house: &House, number: &PhoneNumber, of: &OfCall<'_>) -> Result<(), WishNo> {
    let plans = house.plans.load();
    let agents = &plans.config.agents;
    if !agents.outside.contains(number) {
        let hotline = of.creditor.and_then(|creditor| agents.hotlines.get(creditor));
        if hotline != Some(number) {
            return Err(WishNo::NumberRefused);
        }
        // To be given to a creditor's people tells whom he owes.
        if !of.identified {
            return Err(WishNo::IdentityFirst);
        }
    }
    if house.may_dial() { Ok(()) } else { Err(WishNo::Stopped) }
}

/// What of a call decides whom outside it may be handed to.
#[derive(Clone, Copy, Debug)]
pub struct OfCall<'a> {
    pub creditor: Option<&'a str>,
    /// The debtor has said who he is.
    pub identified: bool,
}

fn is_listed(house: &House, asked: &Asked) -> bool {
    // Who he is was settled when the agent's wish was taken.
    let of = OfCall { creditor: asked.creditor.as_deref(), identified: true };
    let refusal = reaches(house, &asked.number, &of).err();
    if let Some(why) = refusal {
        info!(attempt = %asked.attempt, why = why.code(), "a call is not handed on outside");
    }
    refusal.is_none()
}

/// Lets the INVITE out, if it may; `None`: it may not, or no trunk takes it.
async fn dial(house: &House, asked: &Asked) -> anyhow::Result<Option<(Leg, Stream, Line)>> {
    let Asked { attempt, number, .. } = asked;
    let plans = house.plans.load_full();
    if !is_listed(house, asked) {
        return Ok(None);
    }
    let allowed: Vec<_> = plans.config.trunks.iter().map(|trunk| Arc::clone(&trunk.name)).collect();
    let Ok(line) = house.lines.take(Ask { number, allowed: &allowed, tried: &[] }) else { return Ok(None) };
    let trunk = Arc::clone(line.trunk());
    let Some(shown) = trunk.caller_ids.first().map(|shown| shown.number.clone()) else { return Ok(None) };
    let Some(_place) = line.antechamber().await else { return Ok(None) };
    if !self::allowed(house, asked, &trunk.name).await? {
        return Ok(None);
    }
    line.pace().await;
    let stream = house.media.open(StreamPlan::default())?;
    let local = stream.local_addr();
    let public = plans.config.media.public_ip;
    let call = PlaceCall {
        attempt: *attempt,
        tag: rand::make_rng::<rand_pcg::Pcg64>().random(),
        trunk: target(&trunk),
        to_user: trunk.rewriting.callee(number),
        from_user: trunk.rewriting.caller(&shown),
        display: None,
        rtp: public.map_or(local, |public| (public, local.port()).into()),
        codecs: codecs(&trunk),
    };
    Ok(Some((house.stack.place(call).await?, stream, line)))
}

/// Rings him, and keeps him until the call wants him no longer; his last event, unless the call has left him.
async fn follow(
    (mut leg, mut stream): (Leg, Stream),
    wait: Duration,
    (events, named): (&mpsc::Sender<SeatEvent>, &OnceLock<(Arc<str>, DialogName)>),
    stop: &CancellationToken,
    line: Line,
) -> Option<SeatEvent> {
    let (mut up, give_up) = (false, sleep(wait));
    tokio::pin!(give_up);
    let missed = |up: bool, lost: bool| if up { SeatEvent::Gone { lost } } else { SeatEvent::Missed };
    let last = loop {
        tokio::select! {
            event = leg.next_event() => match event {
                Some(LegEvent::Answered(media)) => {
                    if stream.connect(media).is_err() {
                        break Some(missed(up, true));
                    }
                    up = true;
                    if let Some(dialog) = leg.dialog() {
                        named.set((Arc::clone(&line.trunk().name), dialog)).ok();
                    }
                    events.send(SeatEvent::Connected(stream.link())).await.ok();
                }
                Some(LegEvent::EarlyMedia(media) | LegEvent::MediaChanged(media)) => {
                    stream.connect(media).ok();
                }
                Some(LegEvent::Ended { by, .. }) => break Some(missed(up, by != HungUpBy::Callee)),
                Some(event) if event.is_last() => break Some(missed(up, true)),
                Some(_) => {}
                None => break Some(missed(up, true)),
            },
            event = stream.next_event() => if matches!(event, Some(MediaEvent::Stale { .. }) | None) {
                break Some(missed(up, true));
            },
            () = &mut give_up, if !up => break Some(SeatEvent::Missed),
            () = stop.cancelled() => break None,
        }
    };
    leg.hang_up(Reason::NORMAL);
    stream.close().await;
    drop(line);
    last
}
