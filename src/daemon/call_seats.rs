//! The agents of one call: found, called, wired to the debtor and to each other, given back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tracing::warn;

use super::floor::{Seat, SeatEvent};
use super::house::House;
use crate::agents::{Caller, Need, Skills, Wish};
use crate::call::{Input, Seat as Place, Whom, Wiring};
use crate::domain::{AgentId, AttemptId};
use crate::media::{MediaError, PlayId, Stream, StreamLink};

/// The seats of a call.
#[derive(Debug)]
pub struct CallSeats {
    house: Arc<House>,
    attempt: AttemptId,
    caller: Caller,
    /// The agent for whom the call is made.
    reserved: Option<Seat>,
    taken: [Option<Taken>; 2],
    searches: Vec<Search>,
    wiring: Wiring,
    changes: watch::Receiver<u64>,
}

/// An agent in the call or on his way to it.
#[derive(Debug)]
struct Taken {
    seat: Seat,
    search: Search,
    /// He has been told of the debtor by a beep.
    beeped: bool,
}

/// A want for an agent.
#[derive(Clone, Debug)]
struct Search {
    place: Place,
    need: Need,
    until: Instant,
}

/// A reservation outlasts the search by this: then whoever should have used it is gone.
const LASTS: Duration = Duration::from_secs(60);

impl CallSeats {
    pub fn new(house: Arc<House>, attempt: AttemptId, caller: Caller, reserved: Option<Seat>) -> Self {
        let changes = house.floor.changes();
        let (taken, searches) = ([None, None], Vec::new());
        Self { house, attempt, caller, reserved, taken, searches, wiring: Wiring::default(), changes }
    }

    /// Looks for somebody. `Some`: it is settled at once.
    pub fn find(&mut self, place: Place, whom: Whom, wait: Duration) -> Option<Input> {
        let Some(need) = self.need(&whom, wait) else { return Some(Input::NoAgent(place)) };
        let search = Search { place, need, until: self.house.clock.now() + wait };
        let reserved = if place == Place::First { self.reserved.take() } else { None };
        match reserved.filter(Seat::is_kept).or_else(|| self.house.floor.seat(&search.need)) {
            Some(seat) => self.take(seat, search),
            None => self.searches.push(search),
        }
        None
    }

    fn need(&self, whom: &Whom, wait: Duration) -> Option<Need> {
        let lasts = wait + LASTS;
        match whom {
            Whom::Agent(login) => {
                let wish = Wish::Only(AgentId::parse(login)?);
                Some(Need { skills: Skills::new(), wish, lasts })
            }
            Whom::Outside(_) => {
                warn!(attempt = %self.attempt, "a call is not handed on to outside numbers yet");
                None
            }
            Whom::Queue(queue) => self.house.floor.need(queue, &self.caller, Wish::Anybody, lasts),
        }
    }

    fn take(&mut self, mut seat: Seat, search: Search) {
        seat.call(&self.house, self.attempt);
        let place = search.place;
        self.taken[place as usize] = Some(Taken { seat, search, beeped: false });
    }

    /// Who answered needs no agent after all; the one reserved is free for others.
    pub fn forgo(&mut self) {
        self.reserved = None;
    }

    /// Nobody of this place is in the call or sought any more.
    pub fn release(&mut self, place: Place) {
        self.searches.retain(|search| search.place != place);
        self.taken[place as usize] = None;
        if place == Place::First {
            self.reserved = None;
        }
    }

    /// The second agent is the first from now on.
    pub fn promote(&mut self) {
        self.taken[0] = self.taken[1].take();
    }

    /// The debtor has said who he is: whoever talks with him may see what he owes.
    pub fn identified(&self) {
        if self.house.live.identify(self.attempt)
            && let Some(agent) = self.agent()
        {
            self.house.desks.tell(agent, "identified", &serde_json::json!({ "attempt": self.attempt }));
        }
    }

    /// Who talks with the debtor.
    pub fn agent(&self) -> Option<&AgentId> {
        self.taken[0].as_ref().map(|taken| &taken.seat.agent)
    }

    pub fn mute(&self, muted: bool) {
        if let Some(link) = self.link(Place::First) {
            told(link.mute(muted));
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
        self.tell_floor(to);
    }

    fn beep(&mut self, place: Place, link: &StreamLink) {
        if let Some(taken) = &mut self.taken[place as usize]
            && !std::mem::replace(&mut taken.beeped, true)
        {
            // A phone that stays up may be mute from the call before.
            told(link.mute(false));
            told(link.play(PlayId(0), vec![Arc::clone(&self.house.tones.beep)]));
        }
    }

    fn tell_floor(&self, wiring: Wiring) {
        if let Some(first) = &self.taken[0] {
            match (wiring.first, wiring.music) {
                (true, _) => first.seat.talks(),
                (false, true) if first.beeped => first.seat.holds(),
                (false, _) => {}
            }
        }
        if let Some(second) = &self.taken[1]
            && (wiring.second || wiring.between)
        {
            second.seat.talks();
        }
    }

    fn link(&self, place: Place) -> Option<&StreamLink> {
        self.taken[place as usize].as_ref()?.seat.link.as_ref()
    }

    /// The next thing an agent's phone or a search brings; waits for ever where nobody is sought or here.
    pub async fn next_input(&mut self) -> Input {
        loop {
            self.search_on();
            let due = self.searches.iter().map(|search| search.until).min();
            let [first, second] = &mut self.taken;
            let (place, event) = tokio::select! {
                event = next_event(first) => (Place::First, event),
                event = next_event(second) => (Place::Second, event),
                _ = self.changes.changed(), if due.is_some() => continue,
                () = sleep_until(due) => return self.given_up(),
            };
            match event {
                SeatEvent::Connected(_) => return Input::AgentConnected(place),
                SeatEvent::Gone { lost } => return Input::AgentGone { seat: place, lost },
                SeatEvent::Missed => {
                    // Somebody else, while there is time.
                    let missed = self.taken[place as usize].take();
                    self.searches.extend(missed.map(|taken| taken.search));
                }
            }
        }
    }

    /// Seats whoever has come free.
    fn search_on(&mut self) {
        for search in std::mem::take(&mut self.searches) {
            match self.house.floor.seat(&search.need) {
                Some(seat) => self.take(seat, search),
                None => self.searches.push(search),
            }
        }
    }

    fn given_up(&mut self) -> Input {
        let last = self.searches.iter().enumerate().min_by_key(|(_, search)| search.until);
        let at = last.map_or(0, |(at, _)| at);
        Input::NoAgent(self.searches.swap_remove(at).place)
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

async fn next_event(taken: &mut Option<Taken>) -> SeatEvent {
    match taken {
        Some(taken) => taken.seat.next_event().await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

fn told(result: Result<(), MediaError>) {
    if let Err(fault) = result {
        warn!(%fault, "the media engine did not take a command for an agent");
    }
}
