//! Who is logged in, what they do and since when; how long it lasts, learned.

use std::collections::BTreeMap;

use super::input::AgentNumber;
use super::learn::{Ages, log_normal, settle};
use super::lessons::Lessons;

/// The agents and what is known of their ways. Times are seconds.
#[derive(Clone, Debug)]
pub(super) struct Agents {
    present: BTreeMap<AgentNumber, Agent>,
    pub talk: Ages,
    pub wrap: Ages,
    pub away: Ages,
    /// Chance that who has finished goes away rather than be ready.
    goes_away: f64,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Agent {
    pub doing: Doing,
    pub since: f64,
    /// The wrap-up has outlasted its limit.
    pub overran: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Away,
    Ready,
    /// At work in a call that is none of the pacer's, or kept for one.
    Taken,
    Talking,
    WrappingUp,
}

/// Observations the first guesses are worth.
const PRIOR: f64 = 40.0;
/// Weight of the last one in `goes_away`.
const FRESH: f64 = 0.01;

impl Agents {
    pub fn new() -> Self {
        Self {
            present: BTreeMap::new(),
            talk: Ages::new(2.0, 900, PRIOR, log_normal(75.0, 1.0)),
            wrap: Ages::new(1.0, 300, PRIOR, log_normal(16.0, 0.7)),
            away: Ages::new(10.0, 360, PRIOR, log_normal(120.0, 1.3)),
            goes_away: 0.03,
        }
    }

    pub fn begin_day(&mut self) {
        self.present.clear();
    }

    pub fn leave(&mut self, agent: AgentNumber) {
        self.present.remove(&agent);
    }

    /// The agent does something else from now on; what it did before has lasted its time.
    pub fn turn(&mut self, agent: AgentNumber, doing: Doing, now: f64) {
        match doing {
            Doing::Away => self.goes_away += FRESH * (1.0 - self.goes_away),
            Doing::Ready => self.goes_away -= FRESH * self.goes_away,
            Doing::Taken | Doing::Talking | Doing::WrappingUp => {}
        }
        let before = self.present.insert(agent, Agent { doing, since: now, overran: false });
        let Some(before) = before.filter(|before| before.doing != doing) else { return };
        match before.doing {
            Doing::Away => self.away.learn(now - before.since),
            Doing::Talking => self.talk.learn(now - before.since),
            // Wrap-up ends before the agent turns to the next thing: `wrapped_up`.
            Doing::Ready | Doing::Taken | Doing::WrappingUp => {}
        }
    }

    pub fn does(&self, agent: AgentNumber) -> Option<Doing> {
        self.present.get(&agent).map(|agent| agent.doing)
    }

    pub fn wrapped_up(&mut self, agent: AgentNumber, now: f64) {
        if let Some(agent) = self.present.get(&agent).filter(|agent| agent.doing == Doing::WrappingUp) {
            self.wrap.learn(now - agent.since);
        }
    }

    /// The agent's wrap-up goes on past its limit.
    pub fn overrun(&mut self, agent: AgentNumber) {
        if let Some(agent) = self.present.get_mut(&agent).filter(|agent| agent.doing == Doing::WrappingUp) {
            agent.overran = true;
        }
    }

    /// What was learned since the last time this was asked, of agents; the chance that who has finished goes away.
    pub fn tell(&mut self, lessons: &mut Lessons) -> f64 {
        lessons.note("talk", &mut self.talk);
        lessons.note("wrap", &mut self.wrap);
        lessons.note("away", &mut self.away);
        self.goes_away
    }

    /// Knows again what was learned before this day.
    pub fn recall(&mut self, lessons: &Lessons) {
        lessons.give(["talk"], [&mut self.talk]);
        lessons.give(["wrap"], [&mut self.wrap]);
        lessons.give(["away"], [&mut self.away]);
        if let Some(goes_away) = lessons.goes_away() {
            self.goes_away = goes_away.clamp(0.0, 1.0);
        }
    }

    /// Takes into account what was learned, and what still lasts.
    pub fn settle(&mut self, now: f64) {
        let Self { present, talk, wrap, away, .. } = self;
        for (doing, ages) in [(Doing::Talking, talk), (Doing::WrappingUp, wrap), (Doing::Away, away)] {
            let busy = present.values().filter(|agent| agent.doing == doing);
            settle([ages], busy.map(|agent| now - agent.since));
        }
    }

    /// Chance that who has finished is ready.
    pub fn stays(&self) -> f64 {
        1.0 - self.goes_away
    }

    pub fn present(&self) -> impl Iterator<Item = &Agent> {
        self.present.values()
    }

    pub fn count(&self, doing: Doing) -> usize {
        self.present().filter(|agent| agent.doing == doing).count()
    }

    /// Agents who take calls, now or when the call they have is over: none who is away, none stuck in a wrap-up.
    pub fn at_hand(&self) -> usize {
        self.present().filter(|agent| agent.doing != Doing::Away && !agent.overran).count()
    }

    /// Everybody at hand is in a call of others, or kept for one.
    pub fn all_taken(&self) -> bool {
        self.at_hand() == self.count(Doing::Taken)
    }

    pub fn logged_in(&self) -> usize {
        self.present.len()
    }
}
