//! Who hears whom: debtor, agents, supervisor.

use std::sync::Arc;

use tracing::warn;

use super::CallSeats;
use crate::call::{Seat as Place, Wiring};
use crate::daemon::monitor::Monitor;
use crate::domain::Supervision;
use crate::media::{MediaError, PlayId, Stream, StreamLink};

impl CallSeats {
    pub fn mute(&self, place: Place, muted: bool) {
        if let Some(link) = self.link(place) {
            told(link.mute(muted));
        }
        if let Some(agent) = self.taken[place as usize].as_ref().and_then(|taken| taken.chair.agent()) {
            self.house.floor.set_muted(agent, muted);
        }
    }

    /// Lets people hear each other as the call says.
    pub fn wire(&mut self, debtor: &Stream, to: Wiring) {
        let was = std::mem::replace(&mut self.wiring, to);
        let (first, second) = (self.link(Place::First).cloned(), self.link(Place::Second).cloned());
        if to.music != was.music {
            told(debtor.music(to.music.then(|| self.house.tones.music.clone())));
        }
        if let Some(first) = &first {
            if to.first && !was.first {
                self.beep(Place::First, first);
            }
            tie(was.first, to.first, debtor, first);
        }
        if let Some(second) = &second {
            tie(was.second, to.second, debtor, second);
        }
        if let (Some(first), Some(second)) = (&first, &second) {
            tie(was.between, to.between, first, second);
        }
        self.tie_monitor(debtor);
        self.tell_floor(to);
    }

    /// A supervisor has come; one who was here has to leave.
    pub fn join(&mut self, debtor: &Stream, monitor: Monitor) {
        self.supervise(debtor, None);
        self.monitor = Some(monitor);
    }

    /// What the supervisor does from now on; `None`: he has left.
    pub fn supervise(&mut self, debtor: &Stream, what: Option<Supervision>) {
        if let Some(monitor) = &mut self.monitor {
            monitor.what = what;
        }
        self.tie_monitor(debtor);
        if what.is_none() {
            self.monitor = None;
        }
    }

    /// The supervisor follows the call from agent to agent.
    fn tie_monitor(&mut self, debtor: &Stream) {
        let (agent, second) = (self.link(Place::First).cloned(), self.link(Place::Second).cloned());
        // Whose phone only rings says nothing.
        let beside = second.filter(|_| self.wiring.second || self.wiring.between);
        if let Some(monitor) = &mut self.monitor {
            monitor.tie(&debtor.link(), agent.as_ref(), beside.as_ref());
        }
    }

    fn beep(&mut self, place: Place, link: &StreamLink) {
        if let Some(taken) = &mut self.taken[place as usize]
            && !std::mem::replace(&mut taken.beeped, true)
        {
            told(link.play(PlayId(0), vec![Arc::clone(&self.house.tones.beep)]));
        }
    }

    fn tell_floor(&mut self, wiring: Wiring) {
        if let (true, Some(agent)) = (wiring.first, self.agent()) {
            self.talked = Some(agent.clone());
        }
        if let Some(first) = &mut self.taken[0] {
            match (wiring.first, wiring.music) {
                (true, _) => {
                    first.chair.talks(Place::First);
                    if first.chair.agent().is_none() {
                        self.house.floor.excuse(self.attempt);
                    }
                }
                (false, true) if first.beeped => first.chair.holds(),
                (false, _) => {}
            }
        }
        if let Some(second) = &mut self.taken[1]
            && (wiring.second || wiring.between)
        {
            second.chair.talks(Place::Second);
        }
    }

    pub(super) fn link(&self, place: Place) -> Option<&StreamLink> {
        self.taken[place as usize].as_ref()?.chair.link()
    }
}

/// Ties two people's sounds together, or parts them.
fn tie(was: bool, is: bool, one: &StreamLink, other: &StreamLink) {
    match (was, is) {
        (false, true) => told(one.bridge(other)),
        (true, false) => told(one.part(other)),
        (false, false) | (true, true) => {}
    }
}

fn told(result: Result<(), MediaError>) {
    if let Err(fault) = result {
        warn!(%fault, "the media engine did not take a command for an agent");
    }
}
