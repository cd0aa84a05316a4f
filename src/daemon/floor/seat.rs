//! An agent's place in one call: reserved, rung or joined, given back when dropped.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::kept::KeptPhone;
use super::part::Part;
use super::{Floor, phone};
use crate::agents::{Input, Refusal, ReservationNo};
use crate::call::Seat as Place;
use crate::config::{AgentLeg, Desk};
use crate::daemon::house::House;
use crate::domain::{AgentId, AttemptId, ContactId};
use crate::media::StreamLink;

/// What becomes of the agent's phone.
#[derive(Debug)]
pub enum SeatEvent {
    /// It is on the line.
    Connected(StreamLink),
    /// It was on the line and is not: `lost`, or hung up by the agent.
    Gone { lost: bool },
    /// It was not answered.
    Missed,
}

/// So long an agent is kept for a call that he has chosen himself and is on the line for.
const DRAFTED: Duration = Duration::from_secs(10);

/// What whoever keeps the phone of a drafted agent has of his call.
#[derive(Debug)]
pub struct Drafted {
    /// Where to tell that the phone is gone.
    pub events: mpsc::Sender<SeatEvent>,
    /// The call wants the phone no longer.
    pub stop: CancellationToken,
}

/// A reserved agent.
#[derive(Debug)]
pub struct Seat {
    floor: Arc<Floor>,
    pub agent: AgentId,
    no: ReservationNo,
    desk: Desk,
    /// His nailed-up phone, or his browser's stream.
    nailed: Option<StreamLink>,
    /// The phone in the call.
    pub link: Option<StreamLink>,
    events: mpsc::Sender<SeatEvent>,
    heard: mpsc::Receiver<SeatEvent>,
    /// Ends the leg of this call; `None` where none was made for it.
    leg: Option<DropGuard>,
    /// He has had a talk by it.
    talked: bool,
}

impl Seat {
    pub(super) fn new(
        floor: Arc<Floor>,
        (agent, no): (AgentId, ReservationNo),
        desk: Desk,
        nailed: Option<StreamLink>,
        (events, heard): (mpsc::Sender<SeatEvent>, mpsc::Receiver<SeatEvent>),
    ) -> Self {
        Self { floor, agent, no, desk, nailed, link: None, events, heard, leg: None, talked: false }
    }

    /// Takes over the phone that is on the line from the call before, which came to no talk.
    pub(super) fn take_over(&mut self, phone: KeptPhone) {
        (self.link, self.leg) = (Some(phone.link), Some(phone.leg));
        (self.events, self.heard) = (phone.events, phone.heard);
    }

    /// Where the phone's events go.
    pub(super) fn events(&self) -> mpsc::Sender<SeatEvent> {
        self.events.clone()
    }

    /// Has the agent on the phone before anybody is dialled for him. `false`: he does not pick up, and the floor knows.
    pub async fn summon(&mut self, house: &Arc<House>) -> bool {
        if self.desk.leg == AgentLeg::PerCall && self.link.is_none() {
            self.ring(house, AttemptId(0));
            let event = tokio::select! {
                event = self.next_event() => event,
                () = house.draining.cancelled() => return false,
            };
            let SeatEvent::Connected(_) = event else { return false };
            self.tell(Input::PickedUp(self.no));
        }
        self.is_there()
    }

    /// Waits until the phone is gone that was to be there for a call. Who hangs up before it does not want it.
    pub async fn gone(&mut self) {
        if let SeatEvent::Gone { .. } = self.next_event().await {
            self.tell(Input::Missed(self.no));
        }
    }

    /// He is still kept for this call, and his phone is as it was.
    pub fn is_there(&mut self) -> bool {
        self.is_kept() && self.heard.try_recv().is_err()
    }

    /// Gets the agent on the line; what comes of it is the next event.
    pub fn call(&mut self, house: &Arc<House>, attempt: AttemptId) {
        self.floor.with(|inside, _| inside.calls.insert(self.no, Part::of(attempt)));
        let link = self.link.take().or_else(|| self.nailed.take());
        match (self.desk.leg, link) {
            (_, Some(link)) => {
                // A phone that stays up may be mute from the call before.
                if let Err(fault) = link.mute(false) {
                    tracing::warn!(agent = %self.agent, %fault, "an agent's phone may still be mute");
                }
                self.link = Some(link.clone());
                self.events.try_send(SeatEvent::Connected(link)).ok();
            }
            // It was lost between the reservation and now.
            (AgentLeg::Browser | AgentLeg::NailedUp, None) => drop(self.events.try_send(SeatEvent::Missed)),
            (AgentLeg::PerCall, None) => self.ring(house, attempt),
        }
    }

    fn ring(&mut self, house: &Arc<House>, attempt: AttemptId) {
        self.tell(Input::Ring(self.no));
        let stop = CancellationToken::new();
        let ring = phone::Ring {
            agent: self.agent.clone(),
            desk: self.desk.clone(),
            limit: house.plans.load().config.agents.plan.limits.ring,
            attempt,
            events: self.events.clone(),
            stop: stop.clone(),
        };
        house.helpers.spawn(phone::ring(Arc::clone(house), ring));
        self.leg = Some(stop.drop_guard());
    }

    /// The agent is to know whom the call is for before it is made.
    pub fn expects(&self, contact: ContactId) {
        self.floor.with(|inside, _| inside.expected.insert(self.no, contact));
    }

    /// The floor still keeps the agent for this call.
    pub fn is_kept(&self) -> bool {
        self.floor.state(&self.agent).is_some_and(|(state, _)| state.reservation() == Some(self.no))
    }

    /// Waits until the floor keeps the agent for this call no longer.
    pub async fn lost(&self) {
        let mut changes = self.floor.changes();
        while self.is_kept() {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// He did not do what the call needs of him: the floor takes him for away.
    pub fn misses(&self) {
        self.tell(Input::Missed(self.no));
    }

    /// The next event of the phone; a missed call is told to the floor.
    pub async fn next_event(&mut self) -> SeatEvent {
        // The seat holds a sender itself, so the channel never closes.
        let event = self.heard.recv().await.unwrap_or(SeatEvent::Missed);
        match &event {
            SeatEvent::Connected(link) => self.link = Some(link.clone()),
            SeatEvent::Missed => self.tell(Input::Missed(self.no)),
            SeatEvent::Gone { .. } => {}
        }
        event
    }

    /// The agent talks with the debtor, or is asked beside.
    pub fn talks(&mut self, at: Place) {
        self.talked = true;
        self.floor.sits(&self.agent, self.no, at);
    }

    /// The debtor hears music.
    pub fn holds(&self) {
        self.tell(Input::Hold(self.no));
    }

    /// The floor refuses what comes too late; the call goes on all the same.
    fn tell(&self, input: Input) {
        if let Err(refusal) = self.floor.tell(&self.agent, input) {
            tracing::debug!(agent = %self.agent, %refusal, "the floor keeps its state");
        }
    }

    /// The phone, where it was made for this call, is on the line and has had no talk.
    fn unused_phone(&mut self) -> Option<KeptPhone> {
        let (link, leg) = self.link.take().zip(self.leg.take())?;
        // Where another phone stays up, the next call does not come to this one.
        if self.talked || self.desk.leg != AgentLeg::PerCall || self.heard.try_recv().is_ok() {
            return None;
        }
        let heard = std::mem::replace(&mut self.heard, mpsc::channel(1).1);
        Some(KeptPhone { link, events: self.events.clone(), heard, leg, since: self.floor.clock.now() })
    }
}

impl Floor {
    /// Reserves this very agent for a call that he takes on a phone on the line already, whatever else he does outside of
    /// calls; then he goes back to that.
    ///
    /// # Errors
    /// When he has a call already, or is nobody's agent.
    pub fn draft(self: &Arc<Self>, agent: &AgentId, link: StreamLink) -> Result<(Seat, Drafted), Refusal> {
        self.with(|inside, now| {
            let desk = inside.desks.get(agent).cloned().ok_or(Refusal::NoSuchAgent)?;
            let no = inside.core.draft(now, agent, DRAFTED)?;
            inside.core.handle(now, agent, Input::PickedUp(no))?;
            if !inside.phones.contains_key(agent) {
                inside.elsewhere.insert(no);
            }
            let of = (agent.clone(), no);
            let mut seat = Seat::new(Arc::clone(self), of, desk, Some(link), mpsc::channel(8));
            let drafted = Drafted { events: seat.events(), stop: CancellationToken::new() };
            seat.leg = Some(drafted.stop.clone().drop_guard());
            inside.seats.insert(no, seat.events());
            Ok((seat, drafted))
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // A phone that stays up is in no talk any more, whatever the call still says of its others.
        if let Some(Err(fault)) = self.link.as_ref().map(StreamLink::unbridge) {
            tracing::warn!(agent = %self.agent, %fault, "an agent's phone was not parted from his call");
        }
        let phone = self.unused_phone();
        self.floor.give_back(&self.agent, self.no, phone);
    }
}
