//! A phone that was picked up for a call and came to no talk: it stays on the line for the agent's next call, so that he
//! picks up once a talk and not once a dial.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio_util::sync::DropGuard;

use super::{Inside, SeatEvent};
use crate::agents::State;
use crate::domain::AgentId;
use crate::media::StreamLink;

/// A phone on the line without a call. Dropped, it is hung up.
#[derive(Debug)]
pub(super) struct KeptPhone {
    pub link: StreamLink,
    pub events: mpsc::Sender<SeatEvent>,
    pub heard: mpsc::Receiver<SeatEvent>,
    pub leg: DropGuard,
    pub since: Instant,
}

/// Nobody holds a silent telephone for longer.
const WAITS: Duration = Duration::from_secs(10);

impl Inside {
    /// Keeps an agent's phone on the line, as long as he is ready.
    pub fn keep_phone(&mut self, agent: &AgentId, phone: KeptPhone) {
        if self.is_ready(agent) {
            self.kept.insert(agent.clone(), phone);
        }
    }

    /// The phone of an agent that is on the line already.
    pub fn kept_phone(&mut self, agent: &AgentId) -> Option<KeptPhone> {
        let mut phone = self.kept.remove(agent)?;
        // He may have hung up.
        phone.heard.try_recv().is_err().then_some(phone)
    }

    /// Hangs up those for which no call came, or whose agent does something else.
    pub fn hang_up_kept(&mut self, now: Instant) {
        let mut kept = std::mem::take(&mut self.kept);
        kept.retain(|agent, phone| now < phone.since + WAITS && self.is_ready(agent));
        self.kept = kept;
    }

    fn is_ready(&self, agent: &AgentId) -> bool {
        self.core.state(agent).is_some_and(|(state, _)| *state == State::Ready)
    }
}
