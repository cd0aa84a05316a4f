//! The calls that no agent has yet: how far each is, and what such calls come to, learned.

use std::collections::BTreeMap;

use super::input::{CallNumber, End};
use super::learn::{Ages, AnswerRate, log_normal};

/// The calls out and what is known of calls. Times are seconds.
#[derive(Clone, Debug)]
pub(super) struct Calls {
    out: BTreeMap<CallNumber, Call>,
    /// Chance that a dial is answered by a person.
    pub rate: AnswerRate,
    /// Dial to answer by people, answer to verdict.
    pub ring: Ages,
    pub verdict: Ages,
    /// The same of machines.
    pub machine_ring: Ages,
    pub machine_verdict: Ages,
    /// Dial to the end of calls nobody and nothing answered.
    pub unanswered: Ages,
    machines: f64,
    without_person: f64,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub dialed: f64,
    pub stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stage {
    Ringing,
    /// At this moment; no verdict yet.
    Answered(f64),
    /// A person, for whom no agent was free.
    Waiting,
}

/// Observations the first guesses are worth.
const PRIOR: f64 = 40.0;
/// The first guess of the answer rate, and the answers it is worth.
const FIRST_RATE: (f64, f64) = (0.2, 3.0);
/// The answers that yesterday's rate is worth this morning.
const YESTERDAY_WORTH: f64 = 8.0;
/// Memory of the share of machines, in calls.
const MACHINES_OF: f64 = 1000.0;

impl Calls {
    pub fn new() -> Self {
        let spread = |from: f64, length: f64| move |age: f64| ((age - from) / length).clamp(0.0, 1.0);
        let (at_once, late) = (spread(0.0, 6.0), spread(15.0, 15.0));
        let (refused, silent) = (spread(0.0, 8.0), spread(28.0, 8.0));
        Self {
            out: BTreeMap::new(),
            rate: AnswerRate::new(FIRST_RATE.0, FIRST_RATE.1),
            ring: Ages::new(0.5, 120, PRIOR, log_normal(11.5, 0.45)),
            verdict: Ages::new(0.1, 60, PRIOR, log_normal(1.0, 0.25)),
            machine_ring: Ages::new(0.5, 120, PRIOR, move |age| 0.4 * at_once(age) + 0.6 * late(age)),
            machine_verdict: Ages::new(0.1, 100, PRIOR, log_normal(2.5, 0.3)),
            unanswered: Ages::new(0.5, 160, PRIOR, move |age| 0.15 * refused(age) + 0.85 * silent(age)),
            machines: 2.0,
            without_person: 8.0,
        }
    }

    pub fn begin_day(&mut self) {
        self.out.clear();
        self.rate.begin_day(YESTERDAY_WORTH);
    }

    pub fn dialed(&mut self, call: CallNumber, now: f64) {
        self.out.insert(call, Call { dialed: now, stage: Stage::Ringing });
    }

    pub fn answered(&mut self, call: CallNumber, now: f64) {
        if let Some(call) = self.out.get_mut(&call).filter(|call| call.stage == Stage::Ringing) {
            call.stage = Stage::Answered(now);
        }
    }

    /// A person; true if that is news.
    pub fn human(&mut self, call: CallNumber, now: f64) -> bool {
        let Some(call) = self.out.get_mut(&call).filter(|call| call.stage != Stage::Waiting) else {
            return false;
        };
        let answered = if let Stage::Answered(at) = call.stage { at } else { now };
        self.ring.learn(answered - call.dialed);
        self.verdict.learn(now - answered);
        self.rate.ended(true);
        call.stage = Stage::Waiting;
        true
    }

    /// The call is over without a person.
    pub fn ended(&mut self, call: CallNumber, why: End, now: f64) {
        let Some(call) = self.out.remove(&call) else { return };
        // A fault says nothing about the list; one who was a person was counted.
        if why == End::Fault || call.stage == Stage::Waiting {
            return;
        }
        self.rate.ended(false);
        self.without_person += 1.0;
        if let Stage::Answered(at) = call.stage {
            self.machines += 1.0;
            self.machine_ring.learn(at - call.dialed);
            self.machine_verdict.learn(now - at);
        } else {
            self.unanswered.learn(now - call.dialed);
        }
        if self.without_person > MACHINES_OF {
            self.without_person *= 0.5;
            self.machines *= 0.5;
        }
    }

    /// The call has an agent, or is abandoned; true if it was out and a person.
    pub fn leave(&mut self, call: CallNumber) -> bool {
        self.out.remove(&call).is_some_and(|call| call.stage == Stage::Waiting)
    }

    pub fn settle(&mut self) {
        let people = [&mut self.ring, &mut self.verdict];
        let others = [&mut self.machine_ring, &mut self.machine_verdict, &mut self.unanswered];
        people.into_iter().chain(others).for_each(Ages::settle);
    }

    /// People who would have answered by now, of each dial that rings: what the answer rate is measured against.
    pub fn exposure(&self, now: f64) -> f64 {
        let ringing = self.out().filter(|call| call.stage == Stage::Ringing);
        ringing.map(|call| self.ring.ended_by(now - call.dialed)).sum()
    }

    /// Machines among the calls without a person.
    pub fn machine_share(&self) -> f64 {
        self.machines / self.without_person
    }

    /// Chance that an answer is a person's, `waited` after it came `rang` after the dial.
    pub fn person(&self, rate: f64, rang: f64, waited: f64) -> f64 {
        let person = rate * self.ring.density(rang) * self.verdict.lasts(waited);
        let machines = (1.0 - rate) * self.machine_share();
        let machine = machines * self.machine_ring.density(rang) * self.machine_verdict.lasts(waited);
        // Where neither was ever seen, even odds.
        (person + 1e-9) / (person + machine + 2e-9)
    }

    pub fn out(&self) -> impl Iterator<Item = &Call> {
        self.out.values()
    }

    pub fn count(&self) -> usize {
        self.out.len()
    }

    pub fn waiting(&self) -> usize {
        self.out().filter(|call| call.stage == Stage::Waiting).count()
    }
}
