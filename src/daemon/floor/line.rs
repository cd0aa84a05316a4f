//! People who wait for an agent: in the order of their coming, those whom we called before those who called us, and both
//! before anybody new is dialled.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Floor, Inside, Seat};
use crate::agents::{self, Event, Need, Output, State};
use crate::domain::AgentId;

/// Who waits.
#[derive(Debug, Default)]
pub(super) struct Line {
    waiting: Vec<Waiting>,
    last_no: u64,
    handling: Handling,
}

#[derive(Debug)]
struct Waiting {
    no: u64,
    need: Need,
    /// We called him, and have promised to be there.
    called: bool,
    /// An agent's phone rings for him.
    served: bool,
}

/// How long an agent has to do with a call, its wrap-up among it: a moving average.
#[derive(Debug, Default)]
struct Handling {
    average: Option<Duration>,
    began: HashMap<AgentId, Instant>,
}

/// Before the first call is over, and the weight of the newest one after it.
const GUESS: Duration = Duration::from_secs(180);
const NEWEST: f64 = 0.2;

/// A place in the line; dropped, it is left.
#[derive(Debug)]
pub struct Place {
    floor: Arc<Floor>,
    no: u64,
}

/// Where somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// 1: he is next.
    pub place: usize,
    /// How long it will take, as far as the last calls tell.
    pub wait: Duration,
}

impl Floor {
    /// Takes a place at the end of the line.
    pub fn wait(self: &Arc<Self>, need: Need, called: bool) -> Place {
        let line = &mut self.lock().line;
        line.last_no += 1;
        let no = line.last_no;
        line.waiting.push(Waiting { no, need, called, served: false });
        // Stable: who came first stays first among his kind.
        line.waiting.sort_by_key(|waiting| !waiting.called);
        Place { floor: Arc::clone(self), no }
    }
}

impl Place {
    /// Reserves the agent whose turn it is, if it is his turn who waits here.
    pub fn seat(&self) -> Option<Seat> {
        let need = self.floor.lock().line.find(self.no)?.need.clone();
        self.floor.seat_past(&need, |inside| inside.before(Some(self.no), agents::Floor::free))
    }

    /// He has an agent, from the line or from before: he holds up nobody.
    pub fn served(&self) {
        self.serve(true);
    }

    /// The agent did not answer: he waits on, where he stood.
    pub fn wait_on(&self) {
        self.serve(false);
    }

    /// Where he stands; `None`: an agent's phone rings for him.
    pub fn standing(&self) -> Option<Standing> {
        let inside = self.floor.lock();
        let need = &inside.line.find(self.no).filter(|waiting| !waiting.served)?.need;
        let agents = inside.core.logged_in(need).max(1);
        let place = inside.before(Some(self.no), agents::Floor::logged_in) + 1;
        let rounds = u32::try_from(place.div_ceil(agents)).unwrap_or(u32::MAX);
        Some(Standing { place, wait: inside.line.handling.average.unwrap_or(GUESS).saturating_mul(rounds) })
    }

    fn serve(&self, served: bool) {
        self.floor.with(|inside, _| {
            if let Some(waiting) = inside.line.waiting.iter_mut().find(|waiting| waiting.no == self.no) {
                waiting.served = served;
            }
        });
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.floor.with(|inside, _| inside.line.waiting.retain(|waiting| waiting.no != self.no));
    }
}

impl Inside {
    /// How many wait before this place (`None`: in the whole line) for one of the agents that `who` counts.
    pub(super) fn before(&self, no: Option<u64>, who: fn(&agents::Floor, &Need) -> usize) -> usize {
        let before = self.line.waiting.iter().take_while(|waiting| Some(waiting.no) != no);
        before.filter(|waiting| !waiting.served && who(&self.core, &waiting.need) > 0).count()
    }
}

impl Line {
    fn find(&self, no: u64) -> Option<&Waiting> {
        self.waiting.iter().find(|waiting| waiting.no == no)
    }

    /// Learns from an agent's change how long calls take.
    pub fn hear(&mut self, output: &Output) {
        let Event::Changed { from, to, .. } = &output.event else { return };
        let in_call = |state: &State| {
            matches!(state, State::Talking { .. } | State::Hold { .. } | State::WrapUp { .. })
        };
        match (in_call(from), in_call(to)) {
            (false, true) => {
                self.handling.began.insert(output.agent.clone(), output.at);
            }
            (true, false) => {
                if let Some(began) = self.handling.began.remove(&output.agent) {
                    self.handling.add(output.at.saturating_duration_since(began));
                }
            }
            (false, false) | (true, true) => {}
        }
    }
}

impl Handling {
    fn add(&mut self, took: Duration) {
        let blend = |average: Duration| average.mul_f64(1.0 - NEWEST) + took.mul_f64(NEWEST);
        self.average = Some(self.average.map_or(took, blend));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::{Caller, Input, Wish};
    use crate::config::{AgentLeg, AgentsConfig, Desk};
    use crate::daemon::Clock;
    use crate::domain::{DebtorType, Language};

    fn floor(logins: &[&str]) -> Arc<Floor> {
        let mut config = AgentsConfig::default();
        config.plan.queues.insert("collectors".into(), Default::default());
        for login in logins {
            let id = AgentId::parse(login).expect("a login");
            let language = crate::agents::Skill::Language(Language::Ru);
            let skills = [(language, crate::agents::Level::LOWEST)].into();
            let plan = crate::agents::AgentPlan { skills, phone_there: true };
            config.plan.agents.insert(id.clone(), plan);
            config.desks.insert(
                id,
                Desk {
                    display: None,
                    leg: AgentLeg::PerCall,
                    contact: None,
                    extension: None,
                    supervises: false,
                },
            );
        }
        let floor = Arc::new(Floor::new(&config, Clock));
        for login in logins {
            let id = AgentId::parse(login).expect("a login");
            floor.tell(&id, Input::LogIn).expect("he logs in");
            floor.tell(&id, Input::Ready).expect("he is ready");
        }
        floor
    }

    fn need(floor: &Floor) -> Need {
        let caller = Caller {
            language: Language::Ru,
            creditor: None,
            debtor_type: DebtorType::Forgetful,
            promised_to: None,
        };
        floor.need("collectors", &caller, Wish::Anybody, Duration::from_secs(60)).expect("a queue")
    }

    #[test]
    fn whoever_came_first_is_served_first_and_whom_we_called_before_him() {
        let floor = floor(&["anna"]);
        let first = floor.wait(need(&floor), false);
        let second = floor.wait(need(&floor), false);
        let called = floor.wait(need(&floor), true);
        assert!(second.seat().is_none() && first.seat().is_none(), "one agent, and another's turn");
        let seat = called.seat().expect("his turn");
        called.served();
        assert_eq!((called.standing(), first.standing().map(|at| at.place)), (None, Some(1)));
        assert_eq!(second.standing().map(|at| (at.place, at.wait)), Some((2, GUESS * 2)));
        drop((called, seat));
        assert!(second.seat().is_none());
        assert!(first.seat().is_some());
    }

    #[test]
    fn nobody_new_is_dialled_for_an_agent_for_whom_somebody_waits() {
        let floor = floor(&["anna", "boris"]);
        let waiting = floor.wait(need(&floor), false);
        assert_eq!(floor.free(&need(&floor)), 1);
        let new = floor.seat(&need(&floor)).expect("one is left");
        assert!(floor.seat(&need(&floor)).is_none());
        assert!(waiting.seat().is_some());
        drop(new);
    }

    #[test]
    fn whose_agent_did_not_answer_waits_on_where_he_stood() {
        let floor = floor(&["anna", "boris"]);
        let first = floor.wait(need(&floor), false);
        let second = floor.wait(need(&floor), false);
        let seat = first.seat().expect("his turn");
        first.served();
        assert_eq!(second.standing().map(|at| at.place), Some(1));
        drop(seat);
        first.wait_on();
        assert_eq!(
            (first.standing().map(|at| at.place), second.standing().map(|at| at.place)),
            (Some(1), Some(2))
        );
    }
}
