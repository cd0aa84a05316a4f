//! The agents of a day: who does what, whose turn it is, and how the time was spent.

use std::collections::VecDeque;

use super::figures::Tally;
use super::roster::Intentions;

#[derive(Debug)]
pub(super) struct Desk {
    agents: Vec<Agent>,
    /// Ready agents, the longest waiting first.
    ready: VecDeque<usize>,
}

#[derive(Debug)]
struct Agent {
    intentions: Intentions,
    doing: Doing,
    since: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Away,
    Off,
    Ready,
    Talking { call: usize },
    WrappingUp,
}

impl Desk {
    pub fn new(intentions: impl Iterator<Item = Intentions>) -> Self {
        let agent = |intentions| Agent { intentions, doing: Doing::Off, since: 0.0 };
        Self { agents: intentions.map(agent).collect(), ready: VecDeque::new() }
    }

    pub fn intentions(&self) -> impl Iterator<Item = &Intentions> {
        self.agents.iter().map(|agent| &agent.intentions)
    }

    pub fn doing(&self, agent: usize) -> Doing {
        self.agents[agent].doing
    }

    pub fn speed(&self, agent: usize) -> f64 {
        self.agents[agent].intentions.speed
    }

    pub fn talking(&self) -> usize {
        self.agents.iter().filter(|agent| matches!(agent.doing, Doing::Talking { .. })).count()
    }

    pub fn longest_ready(&self) -> Option<usize> {
        self.ready.front().copied()
    }

    /// The pause that is due, which is taken now: its length.
    pub fn take_pause(&mut self, agent: usize, now: f64) -> Option<f64> {
        let pauses = &mut self.agents[agent].intentions.pauses;
        pauses.pop_front_if(|pause| pause.0 <= now).map(|(_, length)| length)
    }

    /// The agent does something else from now on; the time before is counted.
    pub fn turn(&mut self, agent: usize, doing: Doing, now: f64, tally: &mut Tally) {
        let before = &self.agents[agent];
        let spent = now - before.since;
        match before.doing {
            Doing::Away | Doing::Off => {}
            Doing::Ready => {
                tally.ready += spent;
                self.ready.retain(|&ready| ready != agent);
                if matches!(doing, Doing::Talking { .. }) {
                    tally.waits.push(spent);
                }
            }
            Doing::Talking { .. } => tally.talk += spent,
            Doing::WrappingUp => tally.wrap += spent,
        }
        if doing == Doing::Ready {
            self.ready.push_back(agent);
        }
        (self.agents[agent].doing, self.agents[agent].since) = (doing, now);
    }
}
