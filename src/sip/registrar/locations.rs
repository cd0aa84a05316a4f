//! Where agents' phones are (RFC 3261 section 10.3): bindings, their times, and what changes.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use super::contacts::{Contact, Contacts};
use super::phone::{Phone, PhoneEvent};
use crate::domain::AgentId;
use crate::sip::Transport;

/// The most phones of one agent; the one registered longest ago makes room.
const MOST: usize = 10;
/// A phone behind an address translator is asked whether it is there so often, in seconds: translators forget a UDP
/// flow after 30.
const ASK_EVERY_S: u64 = 25;
/// After silence it is asked again so soon; a second silence ends its registration.
const ASK_AGAIN_S: u64 = 5;

#[derive(Debug, Default)]
pub(super) struct Locations(BTreeMap<AgentId, Vec<Binding>>);

#[derive(Clone, Debug)]
struct Binding {
    contact: String,
    instance: Option<String>,
    source: SocketAddr,
    transport: Transport,
    /// The second in which it runs out.
    until: u64,
    call_id: String,
    cseq: u32,
    /// When to ask next whether it is there.
    ask_at: u64,
    silent: bool,
}

/// An authentic REGISTER.
#[derive(Clone, Debug)]
pub(super) struct Register {
    pub contacts: Contacts,
    /// The Expires header, in seconds.
    pub expires: Option<u32>,
    pub call_id: String,
    pub cseq: u32,
    pub source: SocketAddr,
    pub transport: Transport,
}

/// Why a REGISTER is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// `*` with a time, or more phones in one request than an agent may have (400).
    Bad,
    /// Shorter than the shortest (423).
    TooBrief,
    /// An older request than the last of this phone (500).
    OutOfOrder,
}

impl Locations {
    /// Takes a REGISTER whole or not at all. `limits` are the shortest and the longest time, in seconds.
    pub fn apply(
        &mut self,
        agent: &AgentId,
        register: &Register,
        limits: (u32, u32),
        second: u64,
    ) -> Result<Vec<PhoneEvent>, Refused> {
        let bindings = self.0.get(agent).map(Vec::as_slice).unwrap_or_default();
        let is_late =
            |binding: &Binding| binding.call_id == register.call_id && register.cseq <= binding.cseq;
        let contacts = match &register.contacts {
            Contacts::Star if register.expires != Some(0) => return Err(Refused::Bad),
            Contacts::Star if bindings.iter().any(is_late) => return Err(Refused::OutOfOrder),
            Contacts::Star => return Ok(self.remove(agent, |_| true)),
            Contacts::Listed(all) if all.len() > MOST => return Err(Refused::Bad),
            Contacts::Listed(all) => all,
        };
        let time = |contact: &Contact| contact.expires.or(register.expires).unwrap_or(limits.1).min(limits.1);
        for contact in contacts {
            if (1..limits.0).contains(&time(contact)) {
                return Err(Refused::TooBrief);
            }
            if bindings.iter().any(|binding| binding.contact == contact.uri && is_late(binding)) {
                return Err(Refused::OutOfOrder);
            }
        }
        let mut events = Vec::new();
        for contact in contacts {
            match time(contact) {
                0 => events.extend(self.remove(agent, |binding| binding.contact == contact.uri)),
                time => events.push(self.bind(agent, contact, register, second + u64::from(time), second)),
            }
        }
        while self.0.get(agent).is_some_and(|all| all.len() > MOST) {
            let oldest = self.0[agent][0].contact.clone();
            events.extend(self.remove(agent, |binding| binding.contact == oldest));
        }
        Ok(events)
    }

    /// The same telephone takes its earlier place: by its Contact, its instance, or its Call-ID.
    fn bind(
        &mut self,
        agent: &AgentId,
        contact: &Contact,
        register: &Register,
        until: u64,
        second: u64,
    ) -> PhoneEvent {
        let all = self.0.entry(agent.clone()).or_default();
        let alone = matches!(&register.contacts, Contacts::Listed(all) if all.len() == 1);
        let is_it = |binding: &Binding| {
            binding.contact == contact.uri
                || (alone && binding.call_id == register.call_id)
                || (binding.instance.is_some() && binding.instance == contact.instance)
        };
        let before = all.iter().position(is_it).map(|at| all.remove(at));
        let binding = Binding {
            contact: contact.uri.clone(),
            instance: contact.instance.clone(),
            source: register.source,
            transport: register.transport,
            until,
            call_id: register.call_id.clone(),
            cseq: register.cseq,
            ask_at: second + ASK_EVERY_S,
            silent: false,
        };
        let (agent, phone) = (agent.clone(), binding.phone(second));
        all.push(binding);
        match before {
            Some(before) if before.contact != phone.contact || before.source != phone.source => {
                PhoneEvent::Moved { agent, phone, before: before.contact }
            }
            Some(_) | None => PhoneEvent::Registered { agent, phone },
        }
    }

    /// Puts back what was registered before a restart.
    pub fn restore(&mut self, agent: AgentId, phone: Phone, second: u64) {
        let all = self.0.entry(agent).or_default();
        if all.len() < MOST && all.iter().all(|binding| binding.contact != phone.contact) {
            all.push(Binding {
                contact: phone.contact,
                instance: None,
                source: phone.source,
                transport: phone.transport,
                until: second + phone.expires_in.as_secs(),
                call_id: String::new(),
                cseq: 0,
                // It may be gone: it is asked at once.
                ask_at: second,
                silent: false,
            });
        }
    }

    /// An agent's phones, the one heard of last first.
    pub fn phones(&self, agent: &AgentId, second: u64) -> Vec<Phone> {
        let all = self.0.get(agent).into_iter().flatten().rev();
        all.filter(|binding| binding.until > second).map(|binding| binding.phone(second)).collect()
    }

    /// What has run out by now, whose agent is no longer `known`, or whose connection does not `live`.
    pub fn expire(
        &mut self,
        second: u64,
        known: impl Fn(&AgentId) -> bool,
        lives: impl Fn(SocketAddr) -> bool,
    ) -> Vec<PhoneEvent> {
        let agents: Vec<AgentId> = self.0.keys().cloned().collect();
        let gone = |agent: AgentId| {
            let known = known(&agent);
            let over = |binding: &Binding| {
                let lost = binding.transport.is_stream() && !lives(binding.source);
                !known || binding.until <= second || lost
            };
            self.remove(&agent, over)
        };
        agents.into_iter().flat_map(gone).collect()
    }

    /// An agent's phones have to come in anew.
    pub fn forget(&mut self, agent: &AgentId) -> Vec<PhoneEvent> {
        self.remove(agent, |_| true)
    }

    /// UDP phones to be asked now whether they are there.
    pub fn due_for_asking(&mut self, second: u64) -> Vec<(AgentId, Phone)> {
        let mut asked = Vec::new();
        for (agent, all) in &mut self.0 {
            for binding in all.iter_mut().filter(|b| !b.transport.is_stream() && b.ask_at <= second) {
                binding.ask_at = second + ASK_EVERY_S;
                asked.push((agent.clone(), binding.phone(second)));
            }
        }
        asked
    }

    /// What came of asking. A phone silent twice is gone.
    pub fn asked(&mut self, agent: &AgentId, phone: &Phone, answered: bool, second: u64) -> Vec<PhoneEvent> {
        let is_it = |b: &Binding| b.contact == phone.contact && b.source == phone.source;
        let all = self.0.get_mut(agent);
        let Some(binding) = all.and_then(|all| all.iter_mut().find(|b| is_it(b))) else { return Vec::new() };
        if answered || !binding.silent {
            binding.silent = !answered;
            if !answered {
                binding.ask_at = second + ASK_AGAIN_S;
            }
            return Vec::new();
        }
        self.remove(agent, is_it)
    }

    fn remove(&mut self, agent: &AgentId, which: impl Fn(&Binding) -> bool) -> Vec<PhoneEvent> {
        let Some(all) = self.0.get_mut(agent) else { return Vec::new() };
        let mut events = Vec::new();
        all.retain(|binding| {
            let goes = which(binding);
            if goes {
                events.push(PhoneEvent::Expired { agent: agent.clone(), contact: binding.contact.clone() });
            }
            !goes
        });
        if all.is_empty() {
            self.0.remove(agent);
        }
        events
    }
}

impl Binding {
    fn phone(&self, second: u64) -> Phone {
        Phone {
            contact: self.contact.clone(),
            source: self.source,
            transport: self.transport,
            expires_in: Duration::from_secs(self.until.saturating_sub(second)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contacts;
    use super::*;

    const LIMITS: (u32, u32) = (60, 3_600);

    fn anna() -> AgentId {
        AgentId::parse("anna").unwrap()
    }

    fn register(contact: &str, call_id: &str, cseq: u32, port: u16) -> Register {
        Register {
            contacts: contacts::read([contact].into_iter()).expect("contacts"),
            expires: None,
            call_id: call_id.to_owned(),
            cseq,
            source: SocketAddr::from(([192, 0, 2, 1], port)),
            transport: Transport::Udp,
        }
    }

    fn told(events: Vec<PhoneEvent>) -> Vec<String> {
        let line = |event| match event {
            PhoneEvent::Registered { phone, .. } => {
                format!("registered {} for {}", phone.contact, phone.expires_in.as_secs())
            }
            PhoneEvent::Moved { phone, before, .. } => {
                format!("moved {before} to {} at {}", phone.contact, phone.source)
            }
            PhoneEvent::Expired { contact, .. } => format!("expired {contact}"),
        };
        events.into_iter().map(line).collect()
    }

    #[test]
    fn a_phone_registers_refreshes_moves_and_leaves() {
        let mut all = Locations::default();
        let mut take = |register: &Register, second| all.apply(&anna(), register, LIMITS, second).map(told);
        let one = "<sip:a@10.0.0.1>;expires=600";
        assert_eq!(take(&register(one, "c", 1, 5060), 0).unwrap(), ["registered sip:a@10.0.0.1 for 600"]);
        assert_eq!(take(&register(one, "c", 1, 5060), 1), Err(Refused::OutOfOrder));
        assert_eq!(take(&register(one, "c", 2, 5060), 2).unwrap(), ["registered sip:a@10.0.0.1 for 600"]);
        let moved = take(&register(one, "c", 3, 5070), 3).unwrap();
        assert_eq!(moved, ["moved sip:a@10.0.0.1 to sip:a@10.0.0.1 at 192.0.2.1:5070"]);
        let other = take(&register("<sip:a@10.0.0.2>", "c", 4, 5070), 4).unwrap();
        assert_eq!(other, ["moved sip:a@10.0.0.1 to sip:a@10.0.0.2 at 192.0.2.1:5070"]);
        let mut leave = register("*", "c", 5, 5070);
        assert_eq!(take(&leave, 5), Err(Refused::Bad));
        leave.expires = Some(0);
        assert_eq!(take(&leave, 5).unwrap(), ["expired sip:a@10.0.0.2"]);
    }

    #[test]
    fn too_short_is_refused_and_too_long_is_cut() {
        let mut all = Locations::default();
        let brief = register("<sip:a@h>;expires=59", "c", 1, 1);
        assert_eq!(all.apply(&anna(), &brief, LIMITS, 0), Err(Refused::TooBrief));
        let long = register("<sip:a@h>;expires=4000000000", "c", 2, 1);
        assert_eq!(told(all.apply(&anna(), &long, LIMITS, 0).unwrap()), ["registered sip:a@h for 3600"]);
        assert_eq!(told(all.expire(3_599, |_| true, |_| true)), [""; 0]);
        assert_eq!(told(all.expire(3_600, |_| true, |_| true)), ["expired sip:a@h"]);
    }

    #[test]
    fn the_eleventh_phone_takes_the_place_of_the_first() {
        let mut all = Locations::default();
        for n in 1..=MOST {
            let one = register(&format!("<sip:a@h{n}>"), &format!("c{n}"), 1, 1);
            all.apply(&anna(), &one, LIMITS, 0).unwrap();
        }
        let eleventh = register("<sip:a@new>", "new", 1, 1);
        let events = told(all.apply(&anna(), &eleventh, LIMITS, 1).unwrap());
        assert_eq!(events, ["registered sip:a@new for 3600", "expired sip:a@h1"]);
        assert_eq!(all.phones(&anna(), 1).len(), MOST);
        assert_eq!(all.phones(&anna(), 1)[0].contact, "sip:a@new");
        let many = (0..=MOST).map(|n| format!("<sip:a@{n}>")).collect::<Vec<_>>().join(",");
        assert_eq!(all.apply(&anna(), &register(&many, "m", 1, 1), LIMITS, 2), Err(Refused::Bad));
    }

    #[test]
    fn a_phone_silent_twice_and_one_whose_connection_broke_are_gone() {
        let mut all = Locations::default();
        all.apply(&anna(), &register("<sip:a@h>", "c", 1, 1), LIMITS, 0).unwrap();
        assert!(all.due_for_asking(ASK_EVERY_S - 1).is_empty());
        let (agent, phone) = all.due_for_asking(ASK_EVERY_S).pop().expect("asked");
        assert!(told(all.asked(&agent, &phone, false, 26)).is_empty());
        assert!(told(all.asked(&agent, &phone, true, 27)).is_empty(), "it has answered after all");
        assert!(told(all.asked(&agent, &phone, false, 60)).is_empty());
        assert_eq!(told(all.asked(&agent, &phone, false, 66)), ["expired sip:a@h"]);
        let mut by_tcp = register("<sip:a@h>", "d", 1, 1);
        by_tcp.transport = Transport::Tcp;
        all.apply(&anna(), &by_tcp, LIMITS, 70).unwrap();
        assert!(all.due_for_asking(1_000).is_empty(), "its connection tells");
        assert_eq!(told(all.expire(71, |_| true, |_| false)), ["expired sip:a@h"]);
    }

    #[test]
    fn phones_are_put_back_after_a_restart() {
        let mut all = Locations::default();
        let source = SocketAddr::from(([192, 0, 2, 1], 5060));
        let phone = Phone {
            contact: "sip:a@h".to_owned(),
            source,
            transport: Transport::Udp,
            expires_in: Duration::from_secs(90),
        };
        all.restore(anna(), phone.clone(), 10);
        assert_eq!(all.phones(&anna(), 10), [phone]);
        assert_eq!(all.due_for_asking(10).len(), 1);
        let fresh = register("<sip:a@h>", "c", 7, 5060);
        assert_eq!(told(all.apply(&anna(), &fresh, LIMITS, 20).unwrap()), ["registered sip:a@h for 3600"]);
    }
}
