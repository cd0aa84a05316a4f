//! The agents of one call: found, called, wired to the debtor and to each other, given back.

mod chair;
mod wire;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tracing::warn;

use self::chair::{Chair, Taken};
use super::floor::{self, Seat, SeatEvent, Standing};
use super::house::House;
use super::monitor::Monitor;
use super::outside::{self, Asked, OfCall, Outside};
use crate::agents::{Caller, Need, Skills, State, Wish};
use crate::call::{Input, Seat as Place, StopReason, Whom, Wiring, WishNo};
use crate::domain::{AgentId, AttemptId, Language, PhoneNumber, RecordingMark};
use crate::sip::DialogName;

/// The seats of a call.
#[derive(Debug)]
pub struct CallSeats {
    house: Arc<House>,
    attempt: AttemptId,
    caller: Caller,
    from: From,
    /// The agent for whom the call is made.
    reserved: Option<Seat>,
    /// The supervisor who takes the call over.
    expected: Option<Seat>,
    taken: [Option<Taken>; 2],
    searches: Vec<Search>,
    /// Who talks with the debtor, or did last.
    talked: Option<AgentId>,
    wiring: Wiring,
    changes: watch::Receiver<u64>,
    /// When whoever waits is told next how he stands.
    tell_at: Option<Instant>,
    /// The supervisor in the call.
    monitor: Option<Monitor>,
    /// The debtor has said who he is.
    identified: bool,
    /// Since when a person whom we called waits for the sound of an agent.
    wanted: Option<Instant>,
}

/// Whose call it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// He called: he is told how long he will wait.
    Them,
    /// We called, and have promised somebody at once.
    Us,
}

/// What a call's seats bring.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    Input(Input),
    /// Whoever waits is to be told how he stands.
    Waits(Standing),
}

/// A want for an agent.
#[derive(Debug)]
struct Search {
    place: Place,
    in_line: floor::Place,
    until: Instant,
}

/// How soon, and how often, somebody who waits is told how he stands.
const FIRST_TOLD: Duration = Duration::from_secs(3);
const TOLD_AGAIN: Duration = Duration::from_secs(25);

/// A reservation outlasts the search by this: then whoever should have used it is gone.
const LASTS: Duration = Duration::from_secs(60);

impl CallSeats {
    pub fn new(
        house: Arc<House>,
        attempt: AttemptId,
        (caller, from): (Caller, From),
        reserved: Option<Seat>,
    ) -> Self {
        let changes = house.floor.changes();
        let (taken, searches) = ([None, None], Vec::new());
        let wiring = Wiring::default();
        Self {
            house,
            attempt,
            caller,
            from,
            reserved,
            expected: None,
            taken,
            searches,
            talked: None,
            wiring,
            changes,
            tell_at: None,
            monitor: None,
            identified: false,
            wanted: None,
        }
    }

    /// Looks for somebody. `Some`: it is settled at once.
    pub fn find(&mut self, place: Place, whom: Whom, wait: Duration) -> Option<Input> {
        if let Whom::Outside(number) = whom {
            let outside = Outside::call(&self.house, self.asks(number), wait);
            let chair = Chair::Outside(outside);
            self.taken[place as usize] = Some(Taken { chair, search: None, beeped: false });
            return None;
        }
        let Some(need) = self.need(&whom, wait) else { return Some(Input::NoAgent(place)) };
        let now = self.house.clock.now();
        if place == Place::First && self.from == From::Us {
            self.wanted.get_or_insert(now);
        }
        let in_line = self.house.floor.wait(need, self.from == From::Us);
        let search = Search { place, in_line, until: now + wait };
        let first = place == Place::First;
        let expected = self.expected.take_if(|seat| first && whom == Whom::Agent(seat.agent.to_string()));
        let reserved = expected.or_else(|| if first { self.reserved.take() } else { None });
        match reserved.filter(Seat::is_kept).or_else(|| search.in_line.seat()) {
            Some(seat) => self.take(seat, search),
            None => {
                self.begin_telling(place);
                self.searches.push(search);
            }
        }
        None
    }

    fn asks(&self, number: PhoneNumber) -> Asked {
        let creditor = self.caller.creditor.clone();
        Asked { attempt: self.attempt, agent: self.talked.clone(), number, creditor }
    }

    /// Whether a trunk may be asked to move the debtor to this number; then that is written down.
    pub async fn may_be_moved(&self, number: &PhoneNumber, trunk: &str) -> bool {
        match outside::allowed(&self.house, &self.asks(number.clone()), trunk).await {
            Ok(allowed) => allowed,
            Err(fault) => {
                warn!(attempt = %self.attempt, %fault, "a transfer could not be written down: it does not take place");
                false
            }
        }
    }

    /// Whether somebody may be asked, or the call handed on to him; `identified`: the debtor has said who he is.
    ///
    /// # Errors
    /// Why not.
    pub fn reaches(&self, whom: &Whom, identified: bool) -> Result<(), WishNo> {
        let floor = &self.house.floor;
        let of_this_call = |agent: &AgentId| {
            let here = self.taken.iter().flatten().filter_map(|taken| taken.chair.agent());
            here.into_iter().any(|here| here == agent)
        };
        match whom {
            Whom::Agent(login) => {
                let agent = AgentId::parse(login).filter(|agent| !of_this_call(agent));
                let state = agent.and_then(|agent| floor.state(&agent));
                match state.ok_or(WishNo::NoSuchAgent)? {
                    (State::Ready, _) => Ok(()),
                    _ => Err(WishNo::AgentBusy),
                }
            }
            Whom::Outside(number) => {
                let of = OfCall { creditor: self.caller.creditor.as_deref(), identified };
                outside::reaches(&self.house, number, &of)
            }
            Whom::Queue(_) => {
                let need = self.need(whom, Duration::ZERO).ok_or(WishNo::NoSuchQueue)?;
                let works =
                    |state: &State| !matches!(state, State::Away { .. } | State::LoggedOut | State::NoAudio);
                let who = floor.who_can(&need);
                let there = who.iter().any(|(agent, state)| works(state) && !of_this_call(agent));
                if there { Ok(()) } else { Err(WishNo::NobodyThere) }
            }
        }
    }

    fn need(&self, whom: &Whom, wait: Duration) -> Option<Need> {
        let lasts = wait + LASTS;
        match whom {
            Whom::Agent(login) => {
                let wish = Wish::Only(AgentId::parse(login)?);
                Some(Need { skills: Skills::new(), wish, lasts })
            }
            // He is no agent.
            Whom::Outside(_) => None,
            Whom::Queue(queue) => self.house.floor.need(queue, &self.caller, Wish::Anybody, lasts),
        }
    }

    fn take(&mut self, mut seat: Seat, search: Search) {
        seat.call(&self.house, self.attempt);
        search.in_line.served();
        let place = search.place;
        if place == Place::First {
            self.tell_at = None;
        }
        let (chair, search) = (Chair::Agent(seat), Some(search));
        self.taken[place as usize] = Some(Taken { chair, search, beeped: false });
    }

    /// The next agent of the call is sought already: he takes it over from his colleague.
    pub fn expect(&mut self, seat: Seat) {
        self.expected = Some(seat);
    }

    /// Who answered needs no agent after all; the one reserved is free for others.
    pub fn forgo(&mut self) {
        self.reserved = None;
    }

    /// Nobody of this place is in the call or sought any more.
    pub fn release(&mut self, place: Place) {
        self.searches.retain(|search| search.place != place);
        self.taken[place as usize] = None;
        // His seat has parted him from everybody.
        self.wiring.between = false;
        match place {
            Place::First => self.wiring.first = false,
            Place::Second => self.wiring.second = false,
        }
        if place == Place::First {
            (self.reserved, self.tell_at) = (None, None);
        }
    }

    /// The call of somebody outside who is asked, where this trunk knows it.
    pub fn asked_outside(&self, trunk: &str) -> Option<&DialogName> {
        match &self.taken[1].as_ref()?.chair {
            Chair::Agent(_) => None,
            Chair::Outside(outside) => outside.dialog(trunk),
        }
    }

    /// The second agent is the first from now on.
    pub fn promote(&mut self) {
        self.taken[0] = self.taken[1].take();
    }

    /// Whether the debtor has said who he is: whoever talks with him may then see what he owes.
    pub fn identified(&mut self, known: bool) {
        if std::mem::replace(&mut self.identified, known) != known {
            self.keep_identity(known);
        }
        if self.house.live.identify(self.attempt, known)
            && let Some(agent) = self.agent()
        {
            self.house.desks.tell(agent, "identified", &serde_json::json!({ "attempt": self.attempt }));
        }
    }

    /// Writes it down: a crash is not to take it from whoever writes the call up.
    fn keep_identity(&self, known: bool) {
        let (house, attempt, at) = (Arc::clone(&self.house), self.attempt, self.house.clock.wall());
        // A stranger's call has no attempt.
        if attempt.0 > 0 {
            self.house.helpers.spawn(async move {
                if let Err(fault) = house.store.keep_identity(attempt, known, at).await {
                    warn!(%attempt, %fault, "it was not written down whether a person has said who he is");
                }
            });
        }
    }

    /// The recording was silenced, or goes on: written down, and told to the agent's desk.
    pub fn recorded(&self, mark: RecordingMark) {
        let (house, attempt) = (Arc::clone(&self.house), self.attempt);
        let (agent, at) = (self.agent().cloned(), house.clock.wall());
        house.live.silence(attempt, !mark.sounds());
        if let Some(agent) = &agent {
            let told = serde_json::json!({ "attempt": attempt, "mark": mark.code() });
            house.desks.tell(agent, "recording", &told);
        }
        self.house.helpers.spawn(async move {
            if let Err(fault) = house.store.mark_recording(attempt, agent, mark, at).await {
                warn!(%attempt, %fault, "a pause of a recording was not written down");
            }
        });
    }

    /// Who talks with the debtor.
    pub fn agent(&self) -> Option<&AgentId> {
        self.taken[0].as_ref().and_then(|taken| taken.chair.agent())
    }

    /// The first sound has left for the debtor: if it is an agent's, the wait for it is over.
    pub fn sounded(&mut self) {
        let (true, Some(wanted)) = (self.wiring.first, self.wanted.take()) else { return };
        self.house.metrics.agent_heard(self.house.clock.now().saturating_duration_since(wanted));
    }

    /// A call that is to be recorded and can't be ends.
    pub fn must_record(&self) -> bool {
        self.house.plans.load().config.recordings.end_unrecorded
    }

    /// In which language whoever waits is told how he stands.
    pub fn language(&self) -> Language {
        self.caller.language
    }

    /// The next thing an agent's phone, a search or the waiting brings; waits for ever where nobody is sought or here.
    pub async fn next(&mut self) -> News {
        loop {
            self.search_on();
            let (due, tell_at) = (self.due(), self.tell_at);
            let [first, second] = &mut self.taken;
            let (place, event) = tokio::select! {
                event = next_event(first) => (Place::First, event),
                event = next_event(second) => (Place::Second, event),
                () = gone(&mut self.reserved) => {
                    self.reserved = None;
                    return News::Input(Input::Stop(StopReason::NoAgent));
                }
                _ = self.changes.changed(), if due.is_some() => continue,
                () = sleep_until(due) => return News::Input(self.given_up()),
                () = sleep_until(tell_at) => match self.standing() {
                    Some(standing) => return News::Waits(standing),
                    None => continue,
                },
            };
            match event {
                SeatEvent::Connected(_) => return News::Input(Input::AgentConnected(place)),
                SeatEvent::Gone { lost } => return News::Input(Input::AgentGone { seat: place, lost }),
                SeatEvent::Missed => {
                    // Somebody else, while there is time.
                    let missed = self.taken[place as usize].take();
                    let Some(search) = missed.and_then(|taken| taken.search) else {
                        return News::Input(Input::NoAgent(place));
                    };
                    search.in_line.wait_on();
                    self.begin_telling(place);
                    self.searches.push(search);
                }
            }
        }
    }

    /// Whoever called us waits from now on, and is told how he stands.
    fn begin_telling(&mut self, place: Place) {
        if place == Place::First {
            let now = self.house.clock.now();
            self.tell_at = (self.from == From::Them).then(|| now + FIRST_TOLD);
        }
    }

    fn due(&self) -> Option<Instant> {
        self.searches.iter().map(|search| search.until).min()
    }

    /// How whoever waits stands; he is told again after a while.
    fn standing(&mut self) -> Option<Standing> {
        self.tell_at = Some(self.house.clock.now() + TOLD_AGAIN);
        self.searches.iter().find(|search| search.place == Place::First)?.in_line.standing()
    }

    /// Seats whoever has come free.
    fn search_on(&mut self) {
        for search in std::mem::take(&mut self.searches) {
            match search.in_line.seat() {
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

async fn next_event(taken: &mut Option<Taken>) -> SeatEvent {
    match taken {
        Some(taken) => taken.chair.next_event().await,
        None => std::future::pending().await,
    }
}

/// Waits until the phone is lost of whoever is reserved for the call.
async fn gone(reserved: &mut Option<Seat>) {
    match reserved {
        Some(seat) => seat.gone().await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
