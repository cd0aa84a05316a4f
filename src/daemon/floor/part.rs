//! What an agent has to do with his call: who talks, who stands by, and who writes it up.
//!
//! Who talked with the debtor last writes the disposition. Whoever handed him on to a colleague owes none, nor does who was only
//! asked beside, and of a stranger there is nothing to write.

use std::time::Duration;

use super::Floor;
use crate::agents::{Input, Refusal, ReservationNo, State};
use crate::call::Seat;
use crate::domain::{AgentId, AttemptId};

/// A reservation's part in a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub attempt: AttemptId,
    /// Where he sits, while he is on the line.
    seat: Option<Seat>,
    /// He was the last of ours to talk with the debtor.
    pub last: bool,
}

impl Part {
    pub fn of(attempt: AttemptId) -> Self {
        Self { attempt, seat: None, last: false }
    }

    /// The part of whoever talked last, in a call that is over.
    fn over(attempt: AttemptId) -> Self {
        Self { attempt, seat: None, last: true }
    }
}

/// How an agent stands to his call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// It is on its way to him.
    Expects,
    /// He talks with the debtor, or asks somebody while he waits.
    First,
    /// He is out of it, and another writes it up.
    Left,
    /// He is asked beside.
    Second,
    /// He is out of it, and it is his to write up.
    Writes,
}

impl Hand {
    /// The code on screens.
    pub fn code(self) -> &'static str {
        match self {
            Self::Expects => "expects",
            Self::First => "first",
            Self::Left => "left",
            Self::Second => "second",
            Self::Writes => "writes",
        }
    }
}

impl Floor {
    /// How an agent stands to the call that has him.
    pub fn hand_of(&self, agent: &AgentId) -> Option<(AttemptId, Hand)> {
        let inside = self.lock();
        let (state, _) = inside.core.state(agent)?;
        let part = inside.calls.get(&state.reservation()?)?;
        let hand = match (state, part.seat) {
            (State::Reserved { .. } | State::Ringing { .. }, _) => Hand::Expects,
            (State::Talking { .. } | State::Hold { .. }, Some(Seat::First)) => Hand::First,
            (State::Talking { .. } | State::Hold { .. }, Some(Seat::Second)) => Hand::Second,
            (_, _) if part.last => Hand::Writes,
            (_, _) => Hand::Left,
        };
        Some((part.attempt, hand))
    }

    /// The agent who talks in the call, else who writes it up.
    pub fn agent_of(&self, attempt: AttemptId) -> Option<AgentId> {
        let inside = self.lock();
        let parts = inside.calls.iter().filter(|(_, part)| part.attempt == attempt);
        let (no, _) = parts.max_by_key(|(no, part)| (part.seat == Some(Seat::First), part.last, **no))?;
        let mut everybody = inside.core.everybody();
        everybody.find(|(_, state, ..)| state.reservation() == Some(*no)).map(|(id, ..)| id.clone())
    }

    /// The agent's phone is tied into his call at this place.
    pub(super) fn sits(&self, agent: &AgentId, no: ReservationNo, at: Seat) {
        self.with(|inside, now| {
            let Some(part) = inside.calls.get_mut(&no) else { return };
            part.seat = Some(at);
            let attempt = part.attempt;
            let owes = at == Seat::First && attempt.0 > 0;
            part.last |= owes;
            let talk = if owes { Input::Talk(no) } else { Input::Assist(no) };
            for input in [talk, Input::Resume(no)] {
                // The floor refuses what comes too late; the call goes on all the same.
                if let Err(refusal) = inside.core.handle(now, agent, input) {
                    tracing::debug!(%agent, %refusal, "the floor keeps its state");
                }
            }
            if owes {
                inside.excuse(now, attempt, Some(no));
            }
        });
    }

    /// Somebody outside has the call now: whoever talked last need not write it up, though he may.
    pub fn excuse(&self, attempt: AttemptId) {
        self.with(|inside, now| inside.excuse(now, attempt, None));
    }

    /// The call is over and written down: whoever is to write it up can do so from now on.
    pub fn closed(&self, attempt: AttemptId) {
        self.with(|inside, now| {
            let of_it = inside.calls.iter().filter(|(_, part)| part.attempt == attempt && part.last);
            for no in of_it.map(|(no, _)| *no).collect::<Vec<_>>() {
                inside.tell_holder(now, no, Input::Closed(no));
            }
        });
    }

    /// Nothing can be written of the agent's call, or it is written: he goes on.
    pub fn excuse_agent(&self, agent: &AgentId, attempt: AttemptId) {
        if let Some(no) = self.reservation_of(agent, attempt) {
            self.tell(agent, Input::Excused(no)).ok();
        }
    }

    /// An agent writes up this call of before he logged in again; `ago`: his wrap-up had begun then, else it was cut off under him.
    ///
    /// # Errors
    /// When he has another.
    pub(super) fn recall(
        &self,
        agent: &AgentId,
        attempt: AttemptId,
        ago: Option<Duration>,
    ) -> Result<(), Refusal> {
        self.with(|inside, now| {
            // Before the machine was there nobody wrote.
            let began = ago.map(|ago| now.checked_sub(ago).unwrap_or(now));
            let no = inside.core.recall(now, agent, began)?;
            inside.calls.insert(no, Part::over(attempt));
            Ok(())
        })
    }

    /// His leg has left the call.
    pub(super) fn leaves(&self, no: ReservationNo) {
        if let Some(part) = self.lock().calls.get_mut(&no) {
            part.seat = None;
        }
    }
}

impl super::Inside {
    /// Frees everybody but `now_his` from writing the call up; where it is somebody's now, it is no longer theirs.
    fn excuse(&mut self, now: std::time::Instant, attempt: AttemptId, now_his: Option<ReservationNo>) {
        let mut others = Vec::new();
        for (no, part) in &mut self.calls {
            if part.attempt == attempt && Some(*no) != now_his && part.last {
                part.last = now_his.is_none();
                others.push(*no);
            }
        }
        for no in others {
            self.tell_holder(now, no, Input::Excused(no));
        }
    }

    /// Tells the core what concerns this reservation, if an agent still has it.
    fn tell_holder(&mut self, now: std::time::Instant, no: ReservationNo, input: Input) {
        let his = |(_, state, ..): &(_, &State, _, _)| state.reservation() == Some(no);
        let agent = self.core.everybody().find(his).map(|(id, ..)| id.clone());
        if let Some(agent) = agent {
            self.core.handle(now, &agent, input).ok();
        }
    }
}
