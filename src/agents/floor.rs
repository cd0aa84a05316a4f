//! All agents together: who is picked, and when something is due.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use super::agent::{Agent, Step};
use super::input::{Input, Output, Refusal};
use super::need::{Need, Wish};
use super::plan::Plan;
use super::state::{ReservationNo, State};
use crate::domain::AgentId;

/// The floor of a call centre.
#[derive(Debug)]
pub struct Floor {
    plan: Plan,
    agents: BTreeMap<AgentId, Agent>,
    last_no: u64,
    outputs: VecDeque<Output>,
}

/// An agent, as far as he could take certain calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Able {
    pub agent: AgentId,
    pub state: State,
    /// The places, in the list asked about, of the calls he could take.
    pub can: Vec<usize>,
}

impl Floor {
    /// Everybody is logged out.
    pub fn new(plan: Plan, now: Instant) -> Self {
        let mut floor =
            Self { plan: Plan::default(), agents: BTreeMap::new(), last_no: 0, outputs: VecDeque::new() };
        floor.replan(plan, now);
        floor
    }

    /// Goes by another plan from now on. Who is in it no longer finishes his call and is logged out.
    pub fn replan(&mut self, plan: Plan, now: Instant) {
        self.plan = plan;
        let mut step = Step { now, plan: &self.plan, outputs: &mut self.outputs };
        for agent in self.agents.values_mut() {
            match self.plan.agents.get(&agent.id) {
                Some(planned) => agent.replan(&mut step, planned.clone()),
                None => agent.remove(&mut step),
            }
        }
        for (id, planned) in &self.plan.agents {
            let new = || Agent::new(id.clone(), planned.clone(), now);
            self.agents.entry(id.clone()).or_insert_with(new);
        }
        self.forget_removed();
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Reserves the agent whose turn it is: of those ready who have the skills, the one wished for, else who has been
    /// idle longest. `None`: nobody is free.
    pub fn reserve(&mut self, now: Instant, need: &Need) -> Option<(AgentId, ReservationNo)> {
        let id = self.pick(need)?.id.clone();
        self.last_no += 1;
        let no = ReservationNo(self.last_no);
        let mut step = Step { now, plan: &self.plan, outputs: &mut self.outputs };
        self.agents.get_mut(&id)?.reserve(&mut step, no, need.lasts);
        Some((id, no))
    }

    /// Reserves this very agent for a call that he takes of his own will, whatever else he does outside of calls; then he
    /// goes back to that.
    ///
    /// # Errors
    /// When he has a call already, or the plan has him no longer.
    pub fn draft(
        &mut self,
        now: Instant,
        agent: &AgentId,
        lasts: Duration,
    ) -> Result<ReservationNo, Refusal> {
        self.number(now, agent, |agent, step, no| agent.draft(step, no, lasts))
    }

    /// Lets this agent write up a call of before he logged in again; then he does what he did. `began`: his wrap-up, where it had
    /// begun; else the call was cut off under him.
    ///
    /// # Errors
    /// When he has a call already, or the plan has him no longer.
    pub fn recall(
        &mut self,
        now: Instant,
        agent: &AgentId,
        began: Option<Instant>,
    ) -> Result<ReservationNo, Refusal> {
        self.number(now, agent, |agent, step, no| agent.recall(step, no, began))
    }

    /// Gives an agent of the plan the next number for what he takes part in.
    fn number(
        &mut self,
        now: Instant,
        agent: &AgentId,
        take: impl FnOnce(&mut Agent, &mut Step<'_>, ReservationNo) -> Result<(), Refusal>,
    ) -> Result<ReservationNo, Refusal> {
        let agent = self.agents.get_mut(agent).filter(|agent| !agent.removed);
        let agent = agent.ok_or(Refusal::NoSuchAgent)?;
        let no = ReservationNo(self.last_no + 1);
        take(agent, &mut Step { now, plan: &self.plan, outputs: &mut self.outputs }, no)?;
        self.last_no = no.0;
        Ok(no)
    }

    /// Agents who could be reserved for this now.
    pub fn free(&self, need: &Need) -> usize {
        self.candidates(need).filter(|agent| agent.state == State::Ready).count()
    }

    /// Agents logged in, whatever they do, who could take such a call.
    pub fn logged_in(&self, need: &Need) -> usize {
        self.candidates(need).filter(|agent| agent.is_logged_in()).count()
    }

    /// Takes what an agent, his phone or his call did.
    ///
    /// # Errors
    /// When it changes nothing, and why.
    pub fn handle(&mut self, now: Instant, agent: &AgentId, input: Input) -> Result<(), Refusal> {
        let agent = self.agents.get_mut(agent).ok_or(Refusal::NoSuchAgent)?;
        if agent.removed && input == Input::LogIn {
            return Err(Refusal::NoSuchAgent);
        }
        let mut step = Step { now, plan: &self.plan, outputs: &mut self.outputs };
        let said = agent.handle(&mut step, input);
        self.forget_removed();
        said
    }

    /// Lets what is due by `now` happen.
    pub fn handle_timers(&mut self, now: Instant) {
        let mut step = Step { now, plan: &self.plan, outputs: &mut self.outputs };
        for agent in self.agents.values_mut().filter(|agent| agent.due.is_some_and(|due| due <= now)) {
            agent.time_out(&mut step);
        }
        self.forget_removed();
    }

    /// When to call [`handle_timers`](Self::handle_timers).
    pub fn next_timer(&self) -> Option<Instant> {
        self.agents.values().filter_map(|agent| agent.due).min()
    }

    /// The next thing to store and show.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// An agent's state and when it began.
    pub fn state(&self, agent: &AgentId) -> Option<(&State, Instant)> {
        self.agents.get(agent).map(|agent| (&agent.state, agent.since))
    }

    /// Everybody, with his state, when it began, and whether his phone is there.
    pub fn everybody(&self) -> impl Iterator<Item = (&AgentId, &State, Instant, bool)> {
        self.agents.values().map(|agent| (&agent.id, &agent.state, agent.since, agent.has_phone()))
    }

    /// Who could take such a call were he ready, and what each does.
    pub fn able<'a>(&'a self, need: &'a Need) -> impl Iterator<Item = (&'a AgentId, &'a State)> {
        self.candidates(need).map(|agent| (&agent.id, &agent.state))
    }

    /// Everybody who could take one of these calls were he ready, who has been idle longest first.
    pub fn able_for(&self, needs: &[Need]) -> Vec<Able> {
        let mut agents: Vec<_> = self.agents.values().collect();
        agents.sort_by_key(|agent| (agent.idle_since, &agent.id));
        let able = agents.into_iter().map(|agent| Able {
            agent: agent.id.clone(),
            state: agent.state.clone(),
            can: (0..needs.len()).filter(|&nth| agent.is_able(&needs[nth])).collect(),
        });
        able.filter(|able| !able.can.is_empty()).collect()
    }

    /// What an agent turns to once his call is written up, where that is not the next call.
    pub fn turns_to(&self, agent: &AgentId) -> Option<State> {
        self.agents.get(agent)?.turns_to()
    }

    /// When an agent's state has lasted its time; `None`, too, while his call goes on that he is to write up.
    pub fn due(&self, agent: &AgentId) -> Option<Instant> {
        self.agents.get(agent)?.ends()
    }

    /// The plan has him no longer, and he finishes his call.
    pub fn is_leaving(&self, agent: &AgentId) -> bool {
        self.agents.get(agent).is_some_and(|agent| agent.removed)
    }

    /// Somebody still has a call to write up.
    pub fn anybody_writes(&self) -> bool {
        self.agents.values().any(|agent| agent.writes(&self.plan))
    }

    /// His wrap-up's time is over, and he is still in it.
    pub fn ran_out(&self, agent: &AgentId) -> bool {
        self.agents.get(agent).is_some_and(Agent::ran_out)
    }

    fn pick<'a>(&'a self, need: &'a Need) -> Option<&'a Agent> {
        let ready = || self.candidates(need).filter(|agent| agent.state == State::Ready);
        let wished = match &need.wish {
            Wish::Anybody => None,
            Wish::Only(id) | Wish::Rather(id) => ready().find(|agent| agent.id == *id),
        };
        wished.or_else(|| ready().min_by_key(|agent| (agent.idle_since, &agent.id)))
    }

    /// Who has what is asked, whatever he does now.
    fn candidates<'a>(&'a self, need: &'a Need) -> impl Iterator<Item = &'a Agent> {
        self.agents.values().filter(move |agent| {
            let wanted = match &need.wish {
                Wish::Anybody | Wish::Rather(_) => true,
                Wish::Only(id) => agent.id == *id,
            };
            wanted && agent.is_able(need)
        })
    }

    fn forget_removed(&mut self) {
        self.agents.retain(|_, agent| !agent.removed || agent.is_logged_in());
    }
}
