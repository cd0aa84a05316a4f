//! Who may work, with what skills, and the limits of each state.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::need::{Caller, Need, Wish};
use super::skill::{Level, Skill, Skills, reach};
use crate::domain::{AgentId, DebtorType};

/// The floor's plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub agents: BTreeMap<AgentId, AgentPlan>,
    /// Pauses an agent may choose from.
    pub pauses: BTreeMap<Arc<str>, Pause>,
    /// What each queue asks of an agent.
    pub queues: BTreeMap<Arc<str>, Skills>,
    /// Creditors whose calls only agents with that skill may take; all others anybody may.
    pub exclusive_creditors: BTreeSet<Arc<str>>,
    /// Types of debtor that only a specialist may talk to.
    pub specialist_types: BTreeSet<DebtorType>,
    pub limits: Limits,
}

/// One agent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentPlan {
    pub skills: Skills,
    /// His phone is taken to be there from the start: it has a fixed address and registers nowhere.
    pub phone_there: bool,
}

/// A kind of pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// A longer one is told of; `None`: as long as it takes.
    pub limit: Option<Duration>,
    /// Whether it is paid time.
    pub billable: bool,
}

/// How long the states may last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// An agent's phone rings so long; then he is away.
    pub ring: Duration,
    /// So many calls one after another end while his phone still rings; then he is away, too. At least 1.
    pub missed: u32,
    /// After so long a call is taken for forgotten by whoever should have ended it.
    pub talk: Duration,
    /// A debtor who is on hold for longer is told of.
    pub hold: Duration,
    pub wrap_up: Duration,
    /// An agent whose wrap-up is over is ready by himself, else when he says so.
    pub auto_ready: bool,
    /// No next call before the last one has its disposition.
    pub disposition_first: bool,
    /// The longest a recording may be silenced at a time, for card data.
    pub unrecorded: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            ring: Duration::from_secs(15),
            missed: 3,
            talk: Duration::from_secs(2 * 3_600),
            hold: Duration::from_secs(120),
            wrap_up: Duration::from_secs(30),
            auto_ready: true,
            disposition_first: true,
            unrecorded: Duration::from_secs(120),
        }
    }
}

impl Plan {
    /// Who has the skills that a queue asks for.
    pub fn staff(&self, queue: &str) -> impl Iterator<Item = &AgentId> {
        let asked = self.queues.get(queue);
        let able = move |agent: &AgentPlan| asked.is_some_and(|asked| reach(&agent.skills, asked));
        self.agents.iter().filter(move |(_, agent)| able(agent)).map(|(id, _)| id)
    }

    /// The skills that a call of `queue` with this caller asks for and that not every agent of the queue has, and whether
    /// one of its agents has them all.
    pub fn scarce(&self, queue: &str, caller: &Caller) -> (Vec<Skill>, bool) {
        let Some(need) = self.need(queue, caller, Wish::Anybody, Duration::ZERO) else {
            return (Vec::new(), false);
        };
        let staff: Vec<_> = self.staff(queue).filter_map(|id| self.agents.get(id)).collect();
        let has = |agent: &AgentPlan, skill: &Skill, least: Level| {
            agent.skills.get(skill).is_some_and(|level| *level >= least)
        };
        let scarce =
            need.skills.iter().filter(|(skill, least)| staff.iter().any(|agent| !has(agent, skill, **least)));
        let scarce = scarce.map(|(skill, _)| skill.clone()).collect();
        (scarce, staff.iter().any(|agent| reach(&agent.skills, &need.skills)))
    }

    /// Who has everything that a call asks for.
    pub fn able<'a>(&'a self, need: &'a Need) -> impl Iterator<Item = &'a AgentId> {
        self.agents.iter().filter(|(_, agent)| reach(&agent.skills, &need.skills)).map(|(id, _)| id)
    }

    /// Who has one of the skills that a call asks for.
    pub fn having<'a>(&'a self, skill: &'a Skill, least: Level) -> impl Iterator<Item = &'a AgentId> {
        let has = move |agent: &AgentPlan| agent.skills.get(skill).is_some_and(|level| *level >= least);
        self.agents.iter().filter(move |(_, agent)| has(agent)).map(|(id, _)| id)
    }

    /// What every call of `queue` asks of an agent, whoever is on the line; `None`: no such queue.
    pub fn need_of_all(&self, queue: &str) -> Option<Need> {
        let skills = self.queues.get(queue)?.clone();
        Some(Need { skills, wish: Wish::Anybody, lasts: Duration::ZERO })
    }

    /// What a call of `queue` with this caller asks of an agent; `None`: no such queue. The reservation lasts `lasts`.
    pub fn need(&self, queue: &str, caller: &Caller, wish: Wish, lasts: Duration) -> Option<Need> {
        let mut skills = self.queues.get(queue)?.clone();
        let mut ask = |skill: Skill| {
            skills.entry(skill).or_insert(Level::LOWEST);
        };
        ask(Skill::Language(caller.language));
        if self.specialist_types.contains(&caller.debtor_type) {
            ask(Skill::Debtor(caller.debtor_type));
        }
        if let Some(creditor) =
            caller.creditor.as_ref().filter(|name| self.exclusive_creditors.contains(*name))
        {
            ask(Skill::Creditor(creditor.clone()));
        }
        let wish = match (wish, &caller.promised_to) {
            (Wish::Anybody, Some(agent)) => Wish::Rather(agent.clone()),
            (wish, _) => wish,
        };
        Some(Need { skills, wish, lasts })
    }
}
