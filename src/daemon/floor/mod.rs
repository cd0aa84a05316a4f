//! The agents at work: one core for all of them, their phones, and the seats they take in calls.

mod back;
mod browser;
mod keep;
mod kept;
mod kept_out;
mod line;
mod part;
mod phone;
mod registered;
mod seat;
#[cfg(test)]
mod tests;
mod unheard;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{broadcast, mpsc, watch};

pub use back::bring_back;
pub use browser::{Browsers, browsers_differ, sound};
pub use keep::keep;
pub use kept_out::keep_out;
pub use line::{Place, Standing};
pub use part::Hand;
pub(super) use phone::{on_the_line, place};
pub use seat::{Drafted, Seat, SeatEvent};
pub use unheard::try_phone;

use self::kept::KeptPhone;
use self::line::Line;
use self::part::Part;
use self::unheard::Unheard;
use super::clock::Clock;
use crate::agents::{self, Able, Caller, Event, Input, Need, Output, Refusal, ReservationNo, State, Wish};
use crate::config::{AgentLeg, AgentsConfig, Desk};
use crate::domain::{AgentId, AttemptId, ContactId};
use crate::media::StreamLink;

/// Everybody who works the phones of this node.
#[derive(Debug)]
pub struct Floor {
    clock: Clock,
    inside: Mutex<Inside>,
    /// Counts what happened: the keeper looks for timers and phones, waiting calls for a free agent.
    changed: watch::Sender<u64>,
    told: broadcast::Sender<Change>,
}

#[derive(Debug)]
struct Inside {
    core: agents::Floor,
    desks: BTreeMap<AgentId, Desk>,
    /// Nailed-up phones that are up, and browsers that are heard.
    phones: HashMap<AgentId, StreamLink>,
    /// Phones of ready agents that are on the line from a call that came to no talk.
    kept: HashMap<AgentId, KeptPhone>,
    /// Who hears of a lost phone: the calls that have the agent.
    seats: HashMap<ReservationNo, mpsc::Sender<SeatEvent>>,
    calls: HashMap<ReservationNo, Part>,
    /// Whom a reservation is for, where that is known before the call.
    expected: HashMap<ReservationNo, ContactId>,
    /// Reservations of agents who are in the call by another phone than the one that stays up: that is not called meanwhile.
    elsewhere: HashSet<ReservationNo>,
    /// Who has muted himself in the call he has.
    muted: HashSet<AgentId>,
    unheard: Unheard,
    /// Agents whose users are kept out: the plan is read as if they were not in it.
    kept_out: BTreeSet<AgentId>,
    line: Line,
}

/// What happened to an agent, and in which call.
#[derive(Clone, Debug)]
pub struct Change {
    pub output: Output,
    pub attempt: Option<AttemptId>,
}

/// Changes kept for a listener who is late.
const TOLD: usize = 1_024;

impl Floor {
    pub fn new(config: &AgentsConfig, clock: Clock) -> Self {
        let core = agents::Floor::new(plan(config, &BTreeSet::new()), clock.now());
        let (phones, kept, seats) = (HashMap::new(), HashMap::new(), HashMap::new());
        let (calls, expected, elsewhere, muted) =
            (HashMap::new(), HashMap::new(), HashSet::new(), HashSet::new());
        let unheard = Unheard::new();
        let (desks, kept_out, line) = (config.desks.clone(), BTreeSet::new(), Line::default());
        let inside = Inside {
            core,
            desks,
            phones,
            kept,
            seats,
            calls,
            expected,
            elsewhere,
            muted,
            unheard,
            kept_out,
            line,
        };
        let inside = Mutex::new(inside);
        Self { clock, inside, changed: watch::Sender::new(0), told: broadcast::channel(TOLD).0 }
    }

    /// Goes by other plans; who talks goes on.
    pub fn reload(&self, config: &AgentsConfig) {
        self.with(|inside, now| {
            inside.core.replan(plan(config, &inside.kept_out), now);
            let before = std::mem::replace(&mut inside.desks, config.desks.clone());
            // A phone that was there to be called is not yet one that stays up. Who has a call finishes it on the old one.
            let other_leg = |(agent, desk): (&AgentId, &Desk)| {
                let leg = inside.desks.get(agent).map(|desk| desk.leg)?;
                let has_call = inside.core.state(agent)?.0.reservation().is_some();
                (leg != desk.leg && leg != AgentLeg::PerCall && !has_call).then(|| agent.clone())
            };
            for agent in before.iter().filter_map(other_leg).collect::<Vec<_>>() {
                inside.core.handle(now, &agent, Input::PhoneLost).ok();
            }
            // Who finishes his call keeps his phone and his page.
            for (agent, desk) in before.into_iter().filter(|(agent, _)| inside.core.is_leaving(agent)) {
                inside.desks.entry(agent).or_insert(desk);
            }
        });
    }

    /// Goes on without those who are kept out now, and with those who no longer are. Whether somebody's lot has changed.
    fn keep_out(&self, config: &AgentsConfig, who: BTreeSet<AgentId>) -> bool {
        let changed = std::mem::replace(&mut self.lock().kept_out, who.clone()) != who;
        if changed {
            self.reload(config);
        }
        changed
    }

    /// What a call of this queue asks of an agent; `None`: no such queue.
    pub fn need(&self, queue: &str, caller: &Caller, wish: Wish, lasts: Duration) -> Option<Need> {
        self.lock().core.plan().need(queue, caller, wish, lasts)
    }

    /// What every call of this queue asks of an agent; `None`: no such queue.
    pub fn need_of_all(&self, queue: &str) -> Option<Need> {
        self.lock().core.plan().need_of_all(queue)
    }

    /// Everybody who could take one of these calls were he ready, who has been idle longest first.
    pub fn able_for(&self, needs: &[Need]) -> Vec<Able> {
        self.lock().core.able_for(needs)
    }

    /// Ready agents whom somebody waits for: they are nobody else's.
    pub fn waited_for(&self) -> usize {
        self.lock().before(None, agents::Floor::free)
    }

    /// Agents free for such a call that is not made yet: those for whom nobody waits.
    pub fn free(&self, need: &Need) -> usize {
        let inside = self.lock();
        inside.core.free(need).saturating_sub(inside.before(None, agents::Floor::free))
    }

    /// Agents at work who could take such a call, whatever they do now.
    pub fn logged_in(&self, need: &Need) -> usize {
        self.lock().core.logged_in(need)
    }

    /// Reserves the agent whose turn it is, for a call that is not made yet: whoever waits goes before. Dropped, the seat
    /// gives him back.
    pub fn seat(self: &Arc<Self>, need: &Need) -> Option<Seat> {
        self.seat_past(need, |inside| inside.before(None, agents::Floor::free))
    }

    /// Reserves an agent where more are free than wait before.
    fn seat_past(self: &Arc<Self>, need: &Need, before: impl Fn(&Inside) -> usize) -> Option<Seat> {
        let is_free = |inside: &Inside| inside.core.free(need) > before(inside);
        // Nobody is woken by one who finds nobody.
        if !is_free(&self.lock()) {
            return None;
        }
        self.with(|inside, now| {
            if !is_free(inside) {
                return None;
            }
            let (agent, no) = inside.core.reserve(now, need)?;
            let desk = inside.desks.get(&agent).cloned()?;
            let stays = desk.leg != AgentLeg::PerCall;
            let link = inside.phones.get(&agent).filter(|_| stays).cloned();
            let kept = inside.kept_phone(&agent);
            let mut seat = Seat::new(Arc::clone(self), (agent, no), desk, link, mpsc::channel(8));
            if let Some(phone) = kept {
                seat.take_over(phone);
                inside.core.handle(now, &seat.agent, Input::PickedUp(no)).ok();
            }
            inside.seats.insert(no, seat.events());
            Some(seat)
        })
    }

    /// Tells what an agent, his phone or his call did.
    ///
    /// # Errors
    /// When it changes nothing, and why.
    pub fn tell(&self, agent: &AgentId, input: Input) -> Result<(), Refusal> {
        self.with(|inside, now| inside.core.handle(now, agent, input))
    }

    /// An agent's state and since when.
    pub fn state(&self, agent: &AgentId) -> Option<(State, Instant)> {
        self.lock().core.state(agent).map(|(state, since)| (state.clone(), since))
    }

    /// Waits until nobody has a call to write up.
    pub async fn written_up(&self) {
        let mut changes = self.changes();
        while self.lock().core.anybody_writes() {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Everybody and what he does.
    pub fn everybody(&self) -> Vec<(AgentId, State)> {
        self.lock().core.everybody().map(|(id, state, ..)| (id.clone(), state.clone())).collect()
    }

    /// Who could take such a call, and what each does.
    pub fn who_can(&self, need: &Need) -> Vec<(AgentId, State)> {
        let inside = self.lock();
        inside.core.able(need).map(|(id, state)| (id.clone(), state.clone())).collect()
    }

    /// Hears of every change from now on.
    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.told.subscribe()
    }

    /// Wakes its owner whenever something happens.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// How calls reach an agent.
    pub fn leg(&self, agent: &AgentId) -> Option<AgentLeg> {
        let inside = self.lock();
        inside.core.state(agent)?;
        inside.desks.get(agent).map(|desk| desk.leg)
    }

    /// The call that has the agent.
    pub fn call_of(&self, agent: &AgentId) -> Option<AttemptId> {
        let inside = self.lock();
        let no = inside.core.state(agent)?.0.reservation()?;
        inside.calls.get(&no).map(|part| part.attempt)
    }

    /// Whom an agent's reservation is about: the call, once there is one, and the contact, where that is known.
    pub fn subject(&self, agent: &AgentId) -> (Option<AttemptId>, Option<ContactId>) {
        let inside = self.lock();
        let no = inside.core.state(agent).and_then(|(state, _)| state.reservation());
        no.map_or((None, None), |no| {
            (inside.calls.get(&no).map(|part| part.attempt), inside.expected.get(&no).copied())
        })
    }

    pub fn reservation(&self, agent: &AgentId) -> Option<ReservationNo> {
        self.lock().core.state(agent)?.0.reservation()
    }

    /// The reservation in which an agent has this call, if he still has it.
    pub fn reservation_of(&self, agent: &AgentId, attempt: AttemptId) -> Option<ReservationNo> {
        let inside = self.lock();
        let no = inside.core.state(agent)?.0.reservation()?;
        inside.calls.get(&no).is_some_and(|part| part.attempt == attempt).then_some(no)
    }

    /// He has muted himself, or speaks again.
    pub fn set_muted(&self, agent: &AgentId, muted: bool) {
        let mut inside = self.lock();
        if muted {
            inside.muted.insert(agent.clone())
        } else {
            inside.muted.remove(agent)
        };
    }

    pub fn is_muted(&self, agent: &AgentId) -> bool {
        self.lock().muted.contains(agent)
    }

    /// What an agent turns to once his call is written up, where that is not the next call.
    pub fn turns_to(&self, agent: &AgentId) -> Option<State> {
        self.lock().core.turns_to(agent)
    }

    /// When an agent's state has lasted its time.
    pub fn due(&self, agent: &AgentId) -> Option<Instant> {
        self.lock().core.due(agent)
    }

    /// His wrap-up's time is over, and he is still in it.
    pub fn ran_out(&self, agent: &AgentId) -> bool {
        self.lock().core.ran_out(agent)
    }

    /// An agent's phone has registered, or has none registered any more. Where a leg stays up the leg tells.
    fn registered(&self, agent: &AgentId, is: bool) {
        self.with(|inside, now| {
            let desk = inside.desks.get(agent);
            if desk.is_some_and(|desk| desk.leg == AgentLeg::PerCall && desk.contact.is_none()) {
                let input = match is {
                    // To register anew proves nothing.
                    true if inside.unheard.contains_key(agent) => return,
                    true => Input::PhoneBack,
                    false => Input::Unregistered,
                };
                inside.core.handle(now, agent, input).ok();
            }
        });
    }

    /// An agent's nailed-up phone is up, or his browser is heard.
    fn phone_up(&self, agent: &AgentId, link: StreamLink) {
        self.with(|inside, now| {
            inside.phones.insert(agent.clone(), link);
            inside.core.handle(now, agent, Input::PhoneBack).ok();
        });
    }

    /// It is gone; the call that has the agent hears of it.
    fn phone_lost(&self, agent: &AgentId) {
        self.with(|inside, now| {
            inside.phones.remove(agent);
            let no = inside.core.state(agent).and_then(|(state, _)| state.reservation());
            inside.core.handle(now, agent, Input::PhoneLost).ok();
            if let Some(events) = no.and_then(|no| inside.seats.get(&no)) {
                events.try_send(SeatEvent::Gone { lost: true }).ok();
            }
        });
    }

    fn give_back(&self, agent: &AgentId, no: ReservationNo, phone: Option<KeptPhone>) {
        self.with(|inside, now| {
            inside.core.handle(now, agent, Input::HangUp(no)).ok();
            if inside.calls.get(&no).is_some_and(|part| part.last) {
                inside.core.handle(now, agent, Input::GoesOn(no)).ok();
            }
            if let Some(phone) = phone {
                inside.keep_phone(agent, phone);
            }
        });
        self.leaves(no);
        let inside = &mut *self.lock();
        inside.seats.remove(&no);
        inside.muted.remove(agent);
        // A wrap-up still belongs to its call; the next reservation has another number.
        let lasting = |no: &ReservationNo| {
            inside.core.everybody().any(|(_, state, ..)| state.reservation() == Some(*no))
        };
        inside.calls.retain(|no, _| lasting(no));
        inside.expected.retain(|no, _| lasting(no));
        inside.elsewhere.retain(lasting);
    }

    /// Does something with the core, and tells of what came of it.
    fn with<T>(&self, act: impl FnOnce(&mut Inside, Instant) -> T) -> T {
        let mut inside = self.lock();
        let done = act(&mut inside, self.clock.now());
        self.tell_changes(&mut inside);
        done
    }

    fn tell_changes(&self, inside: &mut Inside) {
        while let Some(output) = inside.core.poll() {
            inside.line.hear(&output);
            let attempt = reservation(&output).and_then(|no| inside.calls.get(&no)).map(|part| part.attempt);
            // Without a listener nobody need know.
            self.told.send(Change { output, attempt }).ok();
        }
        self.changed.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        // A panic in a reader leaves whole states behind; the call path must go on.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The call a change belongs to: the one that goes on, else the one that is over.
fn reservation(output: &Output) -> Option<ReservationNo> {
    match &output.event {
        Event::Changed { from, to, .. } => to.reservation().or_else(|| from.reservation()),
        Event::WrapUpBegan { no } | Event::WrapUpRanOut { no, .. } => Some(*no),
        Event::HoldOverrun | Event::PauseOverrun | Event::Wishes { .. } => None,
    }
}

/// Without those who are kept out. A phone that is to be called at login is not there before.
fn plan(config: &AgentsConfig, kept_out: &BTreeSet<AgentId>) -> agents::Plan {
    let mut plan = config.plan.clone();
    plan.agents.retain(|id, _| !kept_out.contains(id));
    for (id, desk) in &config.desks {
        if let Some(agent) = plan.agents.get_mut(id) {
            agent.phone_there &= desk.leg == AgentLeg::PerCall;
        }
    }
    plan
}
