//! A predictive campaign's pacer, fed by its calls and by the floor.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::{debug, info};

use crate::agents::{Event, Output, State};
use crate::daemon::clock::Clock;
use crate::daemon::floor::Floor;
use crate::domain::{AgentId, Outcome};
use crate::pacing::{
    AgentNumber, CallNumber, Decision, Earlier, End, Input, Lessons, Mode, Pacer, Plan, Why,
};

/// The pacer of one campaign's day.
#[derive(Debug)]
pub struct Pace {
    clock: Clock,
    inside: Mutex<Inside>,
}

#[derive(Debug)]
struct Inside {
    pacer: Pacer,
    agents: HashMap<AgentId, AgentNumber>,
    calls: CallNumber,
    mode: Option<Mode>,
}

impl Pace {
    /// Begins a day with what was learned on other days, and whom this one has met already. Nobody is at work yet.
    pub fn new(plan: Plan, (lessons, earlier): (&Lessons, &[Earlier]), clock: Clock) -> Self {
        let mut pacer = Pacer::new(plan, clock.now());
        pacer.handle(clock.now(), Input::DayBegan);
        pacer.recall(clock.now(), lessons, earlier);
        let inside = Mutex::new(Inside { pacer, agents: HashMap::new(), calls: 0, mode: None });
        Self { clock, inside }
    }

    /// Learns what each agent does now.
    pub fn know(&self, present: &[(AgentId, State)], floor: &Floor) {
        for (agent, state) in present {
            match state {
                State::Hold { .. }
                | State::Reserved { .. }
                | State::Ringing { .. }
                | State::Talking { .. } => self.is_taken(agent),
                State::Away { .. }
                | State::LoggedOut
                | State::NoAudio
                | State::Ready
                | State::WrapUp { .. } => self.turned(agent, &State::LoggedOut, state),
            }
            if floor.ran_out(agent) {
                self.overran(agent);
            }
        }
    }

    /// How many calls to start now, and when to ask again. A change of mode is logged, and every start with its inputs.
    pub fn decide(&self, campaign: &str) -> Decision {
        let mut inside = self.lock();
        let decision = inside.pacer.decide(self.clock.now());
        if inside.mode.replace(decision.why.mode) != Some(decision.why.mode) {
            let (answered, abandoned) = inside.pacer.counts(self.clock.now());
            let Why { mode, logged_in, at_hand, .. } = decision.why;
            info!(campaign, ?mode, logged_in, at_hand, answered, abandoned, "pacing");
        }
        if decision.dial > 0 {
            debug!(campaign, dial = decision.dial, why = ?decision.why, "paced");
        }
        decision
    }

    /// People met in the window so far, and those of them abandoned.
    pub fn counts(&self) -> (u64, u64) {
        self.lock().pacer.counts(self.clock.now())
    }

    /// What was learned since the last time this was asked.
    pub fn take_lessons(&self) -> Lessons {
        self.lock().pacer.take_lessons(self.clock.now())
    }

    /// A call is started: it counts from now on.
    pub fn dial(self: &Arc<Self>) -> Ticket {
        let mut inside = self.lock();
        inside.calls += 1;
        let call = inside.calls;
        inside.pacer.handle(self.clock.now(), Input::Dialed(call));
        drop(inside);
        Ticket { pace: Arc::clone(self), call, stage: Stage::Out }
    }

    /// Takes a change on the floor.
    pub fn hear(&self, output: &Output) {
        match &output.event {
            Event::Changed { from, to, .. } => self.turned(&output.agent, from, to),
            Event::WrapUpRanOut { .. } => self.overran(&output.agent),
            Event::HoldOverrun | Event::PauseOverrun => {}
            Event::Wishes { .. } | Event::WrapUpBegan { .. } => {}
        }
    }

    /// He is not one of those who are counted on: once he talks no more to one of ours he is out of reach.
    pub fn hear_of_another(&self, output: &Output) {
        match &output.event {
            Event::Changed {
                to: State::Ringing { .. } | State::Talking { .. } | State::Hold { .. }, ..
            } => {}
            Event::Changed { .. } => self.leaves(&output.agent, |_| true),
            Event::Wishes { .. } | Event::WrapUpBegan { .. } | Event::WrapUpRanOut { .. } => {}
            Event::HoldOverrun | Event::PauseOverrun => {}
        }
    }

    /// He is counted on no longer; who talks to one of ours leaves after it.
    pub fn is_another(&self, agent: &AgentId) {
        let talks =
            |inside: &Inside| inside.agents.get(agent).is_some_and(|&number| inside.pacer.talks(number));
        self.leaves(agent, |inside| !talks(inside));
    }

    fn leaves(&self, agent: &AgentId, may: impl Fn(&Inside) -> bool) {
        let mut inside = self.lock();
        if let Some(&number) = inside.agents.get(agent)
            && may(&inside)
        {
            inside.pacer.handle(self.clock.now(), Input::LoggedOut(number));
        }
    }

    fn overran(&self, agent: &AgentId) {
        let mut inside = self.lock();
        let number = inside.number(agent);
        inside.pacer.handle(self.clock.now(), Input::Overran(number));
    }

    fn is_taken(&self, agent: &AgentId) {
        let mut inside = self.lock();
        let number = inside.number(agent);
        if !inside.pacer.talks(number) {
            inside.pacer.handle(self.clock.now(), Input::Taken(number));
        }
    }

    fn turned(&self, agent: &AgentId, from: &State, to: &State) {
        let now = self.clock.now();
        let mut inside = self.lock();
        let number = inside.number(agent);
        if matches!(from, State::WrapUp { .. }) {
            inside.pacer.handle(now, Input::WrappedUp(number));
        }
        let input = match to {
            State::LoggedOut => Input::LoggedOut(number),
            State::Away { .. } | State::NoAudio => Input::Away(number),
            State::Ready => Input::Ready(number),
            // Whichever call it is for: he is out of reach until he talks to one of ours or is back.
            State::Reserved { .. } if *from == State::Ready => Input::Taken(number),
            // He has chosen a call himself, and goes back to what he did before.
            State::Reserved { .. } => Input::LoggedOut(number),
            State::WrapUp { .. } => Input::HungUp(number),
            State::Ringing { .. } | State::Talking { .. } | State::Hold { .. } => return,
        };
        // A call of ours may have told first that he talks.
        if !(matches!(to, State::Reserved { .. }) && inside.pacer.talks(number)) {
            inside.pacer.handle(now, input);
        }
    }

    fn note(&self, input: Input) {
        self.lock().pacer.handle(self.clock.now(), input);
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn number(&mut self, agent: &AgentId) -> AgentNumber {
        let next = AgentNumber::try_from(self.agents.len()).unwrap_or(AgentNumber::MAX);
        *self.agents.entry(agent.clone()).or_insert(next)
    }
}

/// One call as its pacer sees it. Dropped before its end it was withdrawn.
#[derive(Debug)]
pub struct Ticket {
    pace: Arc<Pace>,
    call: CallNumber,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Out,
    /// A person waits for an agent.
    Waiting,
    Over,
}

impl Ticket {
    pub fn answered(&self) {
        if self.stage == Stage::Out {
            self.pace.note(Input::Answered(self.call));
        }
    }

    /// A person answered.
    pub fn human(&mut self) {
        if self.stage == Stage::Out {
            self.stage = Stage::Waiting;
            self.pace.note(Input::Human(self.call));
        }
    }

    pub fn connected(&mut self, agent: &AgentId) {
        if self.stage == Stage::Waiting {
            self.stage = Stage::Over;
            let number = self.pace.lock().number(agent);
            self.pace.note(Input::Connected(self.call, number));
        }
    }

    /// The person has no agent and will get none.
    pub fn unserved(&mut self) {
        if self.stage == Stage::Waiting {
            self.stage = Stage::Over;
            self.pace.note(Input::Abandoned(self.call));
        }
    }

    pub fn ended(&mut self, outcome: Outcome) {
        self.unserved();
        if std::mem::replace(&mut self.stage, Stage::Over) == Stage::Over {
            return;
        }
        self.pace.note(match outcome {
            Outcome::Busy => Input::Ended(self.call, End::Busy),
            Outcome::Cancelled => Input::Withdrawn(self.call),
            Outcome::Failed(_) => Input::Ended(self.call, End::Fault),
            Outcome::InvalidNumber => Input::Ended(self.call, End::Invalid),
            // Answered, and gone before anybody was judged: no person was found.
            Outcome::Abandoned | Outcome::Answered | Outcome::Machine => {
                Input::Ended(self.call, End::Machine)
            }
            Outcome::NoAnswer | Outcome::Rejected | Outcome::Unwanted => {
                Input::Ended(self.call, End::NoAnswer)
            }
        });
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        match self.stage {
            Stage::Out => self.pace.note(Input::Withdrawn(self.call)),
            Stage::Waiting => self.pace.note(Input::Abandoned(self.call)),
            Stage::Over => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::agents::{ReservationNo, Why as Because};
    use crate::pacing::{Cap, Clock as From, Window};

    fn plan() -> Plan {
        Plan {
            agents: 3,
            cap: Cap { share: 0.03, window: Window::Day, lost_to_detection: 0.0 },
            deadline: Duration::from_secs(2),
            clock: From::Verdict,
            max_lines: 12,
            starts_per_second: 3.0,
            shift: Duration::from_secs(3_600),
            stop_before_end: Duration::from_secs(45),
            predictive_from: 3,
        }
    }

    fn agents() -> [AgentId; 3] {
        ["anna", "boris", "clara"].map(|login| AgentId::parse(login).expect("a login"))
    }

    /// A campaign that knows enough of its list to predict, and these agents.
    fn pace(states: [State; 3], floor: &Floor) -> Arc<Pace> {
        let pace = Arc::new(Pace::new(plan(), (&Lessons::default(), &[]), Clock));
        let present: Vec<_> = agents().into_iter().zip(states).collect();
        pace.know(&present, floor);
        (0..10).for_each(|_| pace.dial().ended(Outcome::NoAnswer));
        pace
    }

    fn mode(pace: &Pace) -> Mode {
        pace.decide("reminders").why.mode
    }

    fn turn(pace: &Pace, agent: &AgentId, from: State, to: State) {
        let event = Event::Changed { from, to, why: Because::Call };
        pace.hear(&Output { at: Clock.now(), agent: agent.clone(), event });
    }

    #[test]
    fn a_reservation_does_not_change_how_a_campaign_of_just_enough_agents_dials() {
        let floor = Floor::new(&crate::config::AgentsConfig::default(), Clock);
        let no = ReservationNo(1);
        let [anna, boris, _] = agents();
        let pace = pace([State::Ready, State::Ready, State::Talking { no: ReservationNo(9) }], &floor);
        assert_eq!(mode(&pace), Mode::Predictive, "who is found in a talk works, too");
        let way = [
            State::Ready,
            State::Reserved { no },
            State::Ringing { no },
            State::Talking { no },
            State::Hold { no },
            State::Talking { no },
            State::WrapUp { no },
            State::Ready,
        ];
        for step in way.windows(2) {
            turn(&pace, &anna, step[0].clone(), step[1].clone());
            assert_eq!(mode(&pace), Mode::Predictive, "{step:?}");
        }
        turn(&pace, &boris, State::Ready, State::Away { code: "lunch".into() });
        assert_eq!(mode(&pace), Mode::Progressive);
        // Who is away and hears a colleague's call out is not back at work.
        turn(&pace, &boris, State::Away { code: "lunch".into() }, State::Reserved { no });
        assert_eq!(mode(&pace), Mode::Progressive);
    }
}
