//! Agents' phones: who they are (RFC 7616, RFC 8760), and where they can be reached (RFC 3261 section 10).
//!
//! In go REGISTERs, as the guard has passed them; out come answers without memory of a transaction (section 8.2.7), so
//! that a flood of strangers holds nothing, and [`PhoneEvent`]s. Time is counted in the wire's seconds.

mod contacts;
mod digest;
mod doorkeeper;
pub(super) mod keep_alive;
mod locations;
mod nonce;
mod phone;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rsipstack::sip::prelude::{HeadersExt, ToTypedHeader};
use rsipstack::sip::{Request, Uri};
use tokio::sync::mpsc;

use self::contacts::Contacts;
pub use self::digest::digest_account;
use self::doorkeeper::{Door, Doorkeeper};
use self::locations::{Locations, Refused, Register};
pub use self::phone::{Phone, PhoneEvent, RegistrarPlan};
use super::Transport;
use super::guard::{Quote, stateless};
use super::message::read;
use crate::domain::AgentId;

/// Events waiting for the daemon; more are left out, and `phones` still tells how things stand.
const EVENTS: usize = 1_024;

/// The registrar. Without a plan REGISTER is not served.
#[derive(Debug)]
pub(super) struct Registrar {
    state: Mutex<Option<State>>,
    /// Seconds since the start.
    second: Mutex<u64>,
    sender: mpsc::Sender<PhoneEvent>,
    events: Mutex<Option<mpsc::Receiver<PhoneEvent>>>,
}

#[derive(Debug)]
struct State {
    doorkeeper: Doorkeeper,
    locations: Locations,
    /// The shortest and the longest registration, in seconds.
    limits: (u32, u32),
    /// The last answer to each agent, with the branch of its request: a repetition gets it again.
    answers: BTreeMap<AgentId, (String, Vec<u8>)>,
}

/// An answer still to be written.
struct Answer {
    code: u16,
    phrase: &'static str,
    headers: Vec<String>,
}

/// What a request's proof is worth.
#[derive(Debug)]
pub(super) enum Visitor {
    Agent(AgentId),
    /// To be challenged with these WWW-Authenticate values.
    Stranger(Vec<String>),
}

impl Registrar {
    pub fn new(plan: Option<RegistrarPlan>) -> Self {
        let (sender, events) = mpsc::channel(EVENTS);
        let registrar =
            Self { state: Mutex::new(None), second: Mutex::new(0), sender, events: Mutex::new(Some(events)) };
        registrar.admit(plan);
        registrar
    }

    /// Goes by another plan from now on; phones of agents it does not know expire within a second.
    pub fn admit(&self, plan: Option<RegistrarPlan>) {
        let mut state = self.lock();
        let mut events = Vec::new();
        let Some(plan) = plan else {
            *state = None;
            return;
        };
        let seconds = |time: &std::time::Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
        let limits = (seconds(plan.expires.start()), seconds(plan.expires.end()));
        match &mut *state {
            Some(state) => {
                // What came in by a password that is changed stays in by it no longer.
                let void = state.doorkeeper.admit(plan.realm, plan.accounts);
                events = void.iter().flat_map(|agent| state.locations.forget(agent)).collect();
                state.limits = limits;
            }
            None => {
                let doorkeeper = Doorkeeper::new(plan.realm, plan.accounts);
                let (locations, answers) = (Locations::default(), BTreeMap::new());
                *state = Some(State { doorkeeper, locations, limits, answers });
            }
        }
        drop(state);
        self.tell(events);
    }

    /// The events; whoever asks first gets them.
    pub fn take_events(&self) -> Option<mpsc::Receiver<PhoneEvent>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub fn phones(&self, agent: &AgentId) -> Vec<Phone> {
        let second = self.second();
        self.lock().as_ref().map(|state| state.locations.phones(agent, second)).unwrap_or_default()
    }

    pub fn restore(&self, agent: AgentId, phone: Phone) {
        let second = self.second();
        if let Some(state) = &mut *self.lock() {
            state.locations.restore(agent, phone, second);
        }
    }

    /// Answers a REGISTER; `None` where there is no registrar.
    pub fn answer(
        &self,
        request: &Request,
        source: SocketAddr,
        by: Transport,
        server: &str,
    ) -> Option<Vec<u8>> {
        let second = self.second();
        let mut guard = self.lock();
        let state = guard.as_mut()?;
        let proofs = read::values(request, "Authorization");
        let door = state.doorkeeper.judge(proofs, "REGISTER", source.ip(), second);
        let write = |answer: Answer| {
            stateless(
                &Quote::of_request(request),
                (answer.code, answer.phrase),
                &answer.headers,
                source,
                server,
            )
        };
        let branch = branch_of(request);
        let (agent, answer, events) = match door {
            Door::Shut { stale } => return Some(write(state.challenge(source, second, stale))),
            Door::Again(agent) => {
                let last = state.answers.get(&agent).filter(|(last, _)| *last == branch);
                let bytes = last.map(|(_, bytes)| bytes.clone());
                return Some(bytes.unwrap_or_else(|| write(state.challenge(source, second, true))));
            }
            Door::Open(agent) => {
                let (answer, events) = state.serve(&agent, request, (source, by), second);
                (agent, answer, events)
            }
        };
        let bytes = write(answer);
        state.answers.insert(agent, (branch, bytes.clone()));
        drop(guard);
        self.tell(events);
        Some(bytes)
    }

    /// Who sends a request that begins a call; `None` where there is no registrar.
    pub fn visitor(&self, request: &Request, source: SocketAddr) -> Option<Visitor> {
        let second = self.second();
        let mut guard = self.lock();
        let state = guard.as_mut()?;
        let proofs = read::values(request, "Authorization");
        let method = request.method.to_string();
        Some(match state.doorkeeper.judge(proofs, &method, source.ip(), second) {
            Door::Open(agent) => Visitor::Agent(agent),
            // The library knows a repetition by its branch: what comes here is a copy.
            Door::Again(_) => Visitor::Stranger(state.doorkeeper.challenges(source.ip(), second, true)),
            Door::Shut { stale } => {
                Visitor::Stranger(state.doorkeeper.challenges(source.ip(), second, stale))
            }
        })
    }

    /// A second has passed: lets run out what does, and hands out the phones to be asked whether they are there.
    pub fn tick(&self, lives: impl Fn(SocketAddr) -> bool) -> Vec<(AgentId, Phone)> {
        let second = {
            let mut second = self.second.lock().unwrap_or_else(PoisonError::into_inner);
            *second += 1;
            *second
        };
        let mut guard = self.lock();
        let Some(state) = guard.as_mut() else { return Vec::new() };
        let doorkeeper = &state.doorkeeper;
        let events = state.locations.expire(second, |agent| doorkeeper.knows(agent), lives);
        state.answers.retain(|agent, _| doorkeeper.knows(agent));
        let to_ask = state.locations.due_for_asking(second);
        drop(guard);
        self.tell(events);
        to_ask
    }

    fn asked(&self, agent: &AgentId, phone: &Phone, answered: bool) {
        let second = self.second();
        let events = match &mut *self.lock() {
            Some(state) => state.locations.asked(agent, phone, answered, second),
            None => Vec::new(),
        };
        self.tell(events);
    }

    fn tell(&self, events: Vec<PhoneEvent>) {
        for event in events {
            if self.sender.try_send(event).is_err() {
                tracing::debug!("nobody listens to what becomes of phones");
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<State>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn second(&self) -> u64 {
        *self.second.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn challenge(&mut self, source: SocketAddr, second: u64, stale: bool) -> Answer {
        let challenges = self.doorkeeper.challenges(source.ip(), second, stale);
        let headers = challenges.into_iter().map(|value| format!("WWW-Authenticate: {value}")).collect();
        Answer { code: 401, phrase: "Unauthorized", headers }
    }

    /// Serves an authentic REGISTER.
    fn serve(
        &mut self,
        agent: &AgentId,
        request: &Request,
        (source, transport): (SocketAddr, Transport),
        second: u64,
    ) -> (Answer, Vec<PhoneEvent>) {
        let plain = |code, phrase| (Answer { code, phrase, headers: Vec::new() }, Vec::new());
        if of_record(request).as_deref() != Some(agent.as_str()) {
            return plain(403, "Forbidden");
        }
        let Some(contacts) = contacts::read(read::values(request, "Contact")).filter(can_be_called) else {
            return plain(400, "Contact");
        };
        let register = Register {
            contacts,
            expires: read::value(request, "Expires").map(contacts::seconds),
            call_id: read::value(request, "Call-ID").unwrap_or_default().to_owned(),
            cseq: read::value(request, "CSeq").and_then(read::number).unwrap_or_default(),
            source,
            transport,
        };
        match self.locations.apply(agent, &register, self.limits, second) {
            Ok(events) => {
                let bound = self.locations.phones(agent, second).into_iter();
                let line = |phone: Phone| {
                    format!("Contact: <{}>;expires={}", phone.contact, phone.expires_in.as_secs())
                };
                (Answer { code: 200, phrase: "OK", headers: bound.map(line).collect() }, events)
            }
            Err(Refused::Bad) => plain(400, "Contact"),
            Err(Refused::OutOfOrder) => plain(500, "CSeq out of order"),
            Err(Refused::TooBrief) => {
                let headers = vec![format!("Min-Expires: {}", self.limits.0)];
                (Answer { code: 423, phrase: "Interval Too Brief", headers }, Vec::new())
            }
        }
    }
}

/// The user of the address of record.
fn of_record(request: &Request) -> Option<String> {
    let to = request.to_header().ok()?.typed().ok()?;
    to.uri.user().map(str::to_owned)
}

/// A Contact that the library can't write into a Request-URI is of no use to us.
fn can_be_called(contacts: &Contacts) -> bool {
    match contacts {
        Contacts::Star => true,
        Contacts::Listed(all) => all.iter().all(|contact| Uri::try_from(contact.uri.as_str()).is_ok()),
    }
}

fn branch_of(request: &Request) -> String {
    let via = read::value(request, "Via").unwrap_or_default();
    read::param(via, "branch").unwrap_or_default().to_owned()
}
