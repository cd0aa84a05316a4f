//! An agent's place in one call: reserved, rung or joined, given back when dropped.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::part::Part;
use super::{Floor, phone};
use crate::agents::{Input, ReservationNo};
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
}

impl Seat {
    pub(super) fn new(
        floor: Arc<Floor>,
        (agent, no): (AgentId, ReservationNo),
        desk: Desk,
        nailed: Option<StreamLink>,
        (events, heard): (mpsc::Sender<SeatEvent>, mpsc::Receiver<SeatEvent>),
    ) -> Self {
        Self { floor, agent, no, desk, nailed, link: None, events, heard, leg: None }
    }

    /// Gets the agent on the line; what comes of it is the next event. Asked again, nothing new happens.
    pub fn call(&mut self, house: &Arc<House>, attempt: AttemptId) {
        if self.leg.is_some() || self.link.is_some() {
            return;
        }
        self.floor.with(|inside, _| inside.calls.insert(self.no, Part::of(attempt)));
        match (self.desk.leg, self.nailed.take()) {
            (AgentLeg::Browser | AgentLeg::NailedUp, Some(link)) => {
                self.link = Some(link.clone());
                self.events.try_send(SeatEvent::Connected(link)).ok();
            }
            // It was lost between the reservation and now.
            (AgentLeg::Browser | AgentLeg::NailedUp, None) => drop(self.events.try_send(SeatEvent::Missed)),
            (AgentLeg::PerCall, _) => {
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
        }
    }

    /// The agent is to know whom the call is for before it is made.
    pub fn expects(&self, contact: ContactId) {
        self.floor.with(|inside, _| inside.expected.insert(self.no, contact));
    }

    /// The floor still keeps the agent for this call.
    pub fn is_kept(&self) -> bool {
        self.floor.state(&self.agent).is_some_and(|(state, _)| state.reservation() == Some(self.no))
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
    pub fn talks(&self, at: Place) {
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
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.floor.give_back(&self.agent, self.no);
    }
}
