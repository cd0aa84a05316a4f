//! The calls that no agent has yet: how far each is, and what such calls come to, learned.

use std::collections::BTreeMap;

use super::input::{CallNumber, End};
use super::learn::{Ages, AnswerRate, log_normal, settle};
use super::lessons::{CALLS, Lessons};

/// The calls out and what is known of calls. Times are seconds.
#[derive(Clone, Debug)]
pub(super) struct Calls {
    out: BTreeMap<CallNumber, Call>,
    /// When each dial was made, whatever became of it, until its answer must have come; and how many are older.
    young: BTreeMap<CallNumber, f64>,
    old: f64,
    /// People who ever answered.
    heard: f64,
    /// Dials of the day of which it is known what came of them.
    known: usize,
    /// People and exposure that the last lesson had told of.
    told: (f64, f64),
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
    /// Machines among the calls without a person.
    pub machine_share: f64,
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

/// Dials and verdicts the first guesses are worth, and the shares of the dials that come to a person and a machine.
const PRIOR: f64 = 40.0;
const DIALS: f64 = 30.0;
const PEOPLE: f64 = 0.2;
const MACHINES: f64 = 0.2;
/// The first guess of the answer rate, and the answers it is worth: high, so that what is not known is dialled little.
const FIRST_RATE: (f64, f64) = (0.5, 5.0);
/// The answers that the rate of other days is worth beside the first guess: little, for a list that answers otherwise than it
/// did would be dialled too much for a row of people.
const KNOWN_WORTH: f64 = 4.0;
/// The answers that yesterday's rate is worth this morning.
const YESTERDAY_WORTH: f64 = 8.0;
/// Answers that must be heard for what is known of ringing to count half; and the share of the people who ring so
/// long that a dial of that age is done with.
const DOUBT: f64 = 10.0;
const STILL_TO_COME: f64 = 0.01;
/// Dials of a day that show what this list is like today.
const FIRST_DIALS: usize = 10;
/// Bins of how long calls ring: the same for every end, for these compete.
const RING_BIN: f64 = 0.5;
const RING_BINS: usize = 160;

impl Calls {
    pub fn new() -> Self {
        let spread = |from: f64, length: f64| move |age: f64| ((age - from) / length).clamp(0.0, 1.0);
        let (at_once, late) = (spread(0.0, 6.0), spread(15.0, 15.0));
        let (refused, silent) = (spread(0.0, 8.0), spread(28.0, 8.0));
        let rings =
            |part: f64, prior: &dyn Fn(f64) -> f64| Ages::new(RING_BIN, RING_BINS, part * DIALS, prior);
        Self {
            out: BTreeMap::new(),
            young: BTreeMap::new(),
            old: 0.0,
            heard: 0.0,
            known: 0,
            told: (0.0, 0.0),
            rate: AnswerRate::new(FIRST_RATE.0, FIRST_RATE.1),
            ring: rings(PEOPLE, &log_normal(11.5, 0.45)),
            verdict: Ages::new(0.1, 60, PRIOR, log_normal(1.0, 0.25)),
            machine_ring: rings(MACHINES, &|age| 0.4 * at_once(age) + 0.6 * late(age)),
            machine_verdict: Ages::new(0.1, 100, PRIOR, log_normal(2.5, 0.3)),
            unanswered: rings(1.0 - PEOPLE - MACHINES, &|age| 0.15 * refused(age) + 0.85 * silent(age)),
            machine_share: MACHINES / (1.0 - PEOPLE),
        }
    }

    pub fn begin_day(&mut self) {
        self.out.clear();
        self.young.clear();
        self.old = 0.0;
        self.known = 0;
        self.told.1 = 0.0;
        self.rate.begin_day(YESTERDAY_WORTH);
    }

    pub fn dialed(&mut self, call: CallNumber, now: f64) {
        self.out.insert(call, Call { dialed: now, stage: Stage::Ringing });
        self.young.insert(call, now);
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
        self.rate.answered();
        self.heard += 1.0;
        self.known += 1;
        call.stage = Stage::Waiting;
        true
    }

    /// The call is over without a person.
    pub fn ended(&mut self, call: CallNumber, why: End, now: f64) {
        let Some(over) = self.out.remove(&call) else { return };
        if why != End::Fault && over.stage != Stage::Waiting {
            self.known += 1;
        }
        match (why, over.stage) {
            // A fault says nothing about the list.
            (End::Fault, _) => drop(self.young.remove(&call)),
            // One who was a person was counted.
            (_, Stage::Waiting) => {}
            (_, Stage::Answered(at)) => {
                self.machine_ring.learn(at - over.dialed);
                self.machine_verdict.learn(now - at);
            }
            (_, Stage::Ringing) => self.unanswered.learn(now - over.dialed),
        }
    }

    /// The call was not made after all.
    pub fn withdrawn(&mut self, call: CallNumber) {
        self.out.remove(&call);
        self.young.remove(&call);
    }

    /// The call has an agent, or is abandoned; true if it was out and a person.
    pub fn leave(&mut self, call: CallNumber) -> bool {
        self.out.remove(&call).is_some_and(|call| call.stage == Stage::Waiting)
    }

    /// Takes into account what was learned, and the calls that ring.
    pub fn settle(&mut self, now: f64) {
        let ringing = self.out.values().filter(|call| call.stage == Stage::Ringing);
        let ends = [&mut self.ring, &mut self.machine_ring, &mut self.unanswered];
        let [_, machines, nobody] = settle(ends, ringing.map(|call| now - call.dialed));
        self.machine_share = machines / (machines + nobody);
        settle([&mut self.verdict], std::iter::empty());
        settle([&mut self.machine_verdict], std::iter::empty());
    }

    /// People who would have been judged by now, of each dial, were all dials to people: what the answer rate is
    /// measured against. Silence counts for little before some have answered, for people may all ring long here.
    pub fn exposure(&mut self, now: f64) -> f64 {
        let verdict = self.verdict.quantile(0.5);
        let before = self.young.len();
        self.young.retain(|_, dialed| self.ring.lasts(now - *dialed - verdict) > STILL_TO_COME);
        self.old += (before - self.young.len()) as f64;
        let judged = self.young.values().map(|dialed| self.ring.ended_by(now - dialed - verdict));
        self.old + self.heard / (self.heard + DOUBT) * judged.sum::<f64>()
    }

    /// What was learned since the last time this was asked, of calls.
    pub fn tell(&mut self, now: f64, lessons: &mut Lessons) -> (f64, f64) {
        for (kind, ages) in
            CALLS.into_iter().zip([&mut self.ring, &mut self.machine_ring, &mut self.unanswered])
        {
            lessons.note(kind, ages);
        }
        lessons.note("verdict", &mut self.verdict);
        lessons.note("machine_verdict", &mut self.machine_verdict);
        let whole = (self.heard, self.exposure(now));
        let (people, exposure) = (whole.0 - self.told.0, (whole.1 - self.told.1).max(0.0));
        self.told = whole;
        (people, exposure)
    }

    /// Knows again what was learned before this day; the rate as much as over a night.
    pub fn recall(&mut self, lessons: &Lessons) {
        lessons.give(CALLS, [&mut self.ring, &mut self.machine_ring, &mut self.unanswered]);
        lessons.give(["verdict"], [&mut self.verdict]);
        lessons.give(["machine_verdict"], [&mut self.machine_verdict]);
        if let Some((rate, people)) = lessons.rate() {
            let people = people.min(KNOWN_WORTH);
            let dials = FIRST_RATE.1 / FIRST_RATE.0 + people / rate;
            self.rate = AnswerRate::new((FIRST_RATE.1 + people) / dials, FIRST_RATE.1 + people);
        }
    }

    /// Chance that an answer is a person's, `waited` after it came `rang` after the dial. As long as few people were heard, how
    /// long they ring here is a guess: what answers at another time is no less of a person for it.
    pub fn person(&self, rate: f64, rang: f64, waited: f64) -> f64 {
        let machines = (1.0 - rate) * self.machine_share;
        let person = rate * self.ring.density(rang) * self.verdict.lasts(waited);
        let machine = machines * self.machine_ring.density(rang) * self.machine_verdict.lasts(waited);
        // Where neither was ever seen, even odds.
        let by_age = (person + 1e-9) / (person + machine + 2e-9);
        let at_any_age = rate / (rate + machines).max(1e-9);
        by_age.max(DOUBT / (self.heard + DOUBT) * at_any_age)
    }

    /// Whether what came of the day's dials is known of enough of them to dial more than there are agents.
    pub fn tells_something(&self) -> bool {
        self.known >= FIRST_DIALS
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
