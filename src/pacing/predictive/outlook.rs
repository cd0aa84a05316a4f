//! What the next half minute brings: for some moments ahead, the chances of every age of call and of agent.

use super::agents::{Agent, Agents, Doing};
use super::calls::{Call, Calls, Stage};
use super::learn::Ages;
use super::plan::{Clock, Plan};

/// Moments ahead at which agents are weighed against people: a call dialled now that reaches a person brings it
/// at one of them, each as likely.
pub(super) const MOMENTS: usize = 8;

/// A chance for each moment.
pub(super) type Chances = [f64; MOMENTS];

/// Chances by age, computed anew when enough was learned. Times are seconds.
#[derive(Clone, Debug)]
pub(super) struct Outlook {
    /// That a call dialled now, if it is answered by a person, has its verdict by then.
    pub fresh: Chances,
    talking: Table,
    wrapping_up: Table,
    away: Table,
    ringing: Table,
    /// Shares of the calls to people, and to others, that ring longer than an age.
    rings_on: Vec<(f64, f64)>,
}

/// A row of chances for each step of age.
#[derive(Clone, Debug)]
struct Table {
    step: f64,
    rows: Vec<Chances>,
}

const RING_STEP: f64 = 0.5;
const RING_ROWS: usize = 120;
/// Wrap-ups are followed second by second, talks in steps.
const TALK_STEP: f64 = 4.0;
const TALK_ROWS: usize = 225;
/// Seconds of a talk taken together when its end is weighed.
const TALK_PART: f64 = 2.0;

impl Outlook {
    pub fn new(plan: &Plan, agents: &Agents, calls: &Calls) -> Self {
        let verdict = calls.verdict.quantile(0.5);
        let moments: Chances =
            std::array::from_fn(|nth| calls.ring.quantile((nth as f64 + 0.5) / MOMENTS as f64) + verdict);
        let free_by = moments.map(|moment| moment + grace(plan, verdict));
        let ring = |age: f64| {
            moments.map(|moment| calls.ring.ended_by(age + moment - verdict) - calls.ring.ended_by(age))
        };
        let machines = calls.machine_share;
        let others =
            |age| machines * calls.machine_ring.lasts(age) + (1.0 - machines) * calls.unanswered.lasts(age);
        let ages = (0..RING_ROWS).map(|row| row as f64 * RING_STEP);
        Self {
            fresh: ring(0.0),
            talking: Table::new(TALK_STEP, TALK_ROWS, |age| free_by.map(|by| talk_and_wrap(agents, age, by))),
            wrapping_up: Table::new(1.0, 180, |age| free_by.map(|by| ends_within(&agents.wrap, age, by))),
            away: Table::new(10.0, 360, |age| free_by.map(|by| ends_within(&agents.away, age, by))),
            ringing: Table::new(RING_STEP, RING_ROWS, ring),
            rings_on: ages.map(|age| (calls.ring.lasts(age), others(age))).collect(),
        }
    }

    /// That the agent, not ready now, is free in time for a person at each moment.
    pub fn freeing(&self, agent: &Agent, stays: f64, now: f64) -> Chances {
        let age = now - agent.since;
        match agent.doing {
            Doing::Away => self.away.at(age),
            Doing::Ready => [1.0; MOMENTS],
            Doing::Taken => [0.0; MOMENTS],
            Doing::Talking => self.talking.at(age).map(|chance| chance * stays),
            Doing::WrappingUp => self.wrapping_up.at(age).map(|chance| chance * stays),
        }
    }

    /// That the call has brought a person by each moment.
    pub fn due(&self, call: &Call, calls: &Calls, rate: f64, now: f64) -> Chances {
        match call.stage {
            Stage::Waiting => [1.0; MOMENTS],
            Stage::Answered(at) => [calls.person(rate, at - call.dialed, now - at); MOMENTS],
            Stage::Ringing => {
                let age = now - call.dialed;
                let row = ((age / RING_STEP).max(0.0) as usize).min(RING_ROWS - 1);
                let (people, others) = self.rings_on[row];
                let on = rate * people + (1.0 - rate) * others;
                self.ringing.at(age).map(|share| (rate * share / on).clamp(0.0, 1.0))
            }
        }
    }
}

impl Table {
    fn new(step: f64, rows: usize, row: impl Fn(f64) -> Chances) -> Self {
        Self { step, rows: (0..rows).map(|nth| row(nth as f64 * step)).collect() }
    }

    /// The chances at `age`, between two rows.
    fn at(&self, age: f64) -> Chances {
        let at = (age / self.step).max(0.0);
        let row = (at as usize).min(self.rows.len() - 2);
        let part = (at - row as f64).min(1.0);
        std::array::from_fn(|nth| self.rows[row][nth] * (1.0 - part) + self.rows[row + 1][nth] * part)
    }
}

/// From the verdict to the deadline.
fn grace(plan: &Plan, verdict: f64) -> f64 {
    let deadline = plan.deadline.as_secs_f64();
    match plan.clock {
        Clock::Answer => (deadline - verdict).max(0.0),
        Clock::GreetingEnd(greeting) => deadline + greeting.as_secs_f64(),
        Clock::Verdict => deadline,
    }
}

/// That what has lasted `age` ends within `by` more.
fn ends_within(ages: &Ages, age: f64, by: f64) -> f64 {
    ((ages.ended_by(age + by) - ages.ended_by(age)) / ages.lasts(age)).clamp(0.0, 1.0)
}

/// That a talk of `age` and the wrap-up after it both end within `by`.
fn talk_and_wrap(agents: &Agents, age: f64, by: f64) -> f64 {
    let (mut from, mut chance) = (0.0, 0.0);
    while from < by {
        let step = (by - from).min(TALK_PART);
        let ends = agents.talk.ended_by(age + from + step) - agents.talk.ended_by(age + from);
        chance += ends * agents.wrap.ended_by(by - from - 0.5 * step);
        from += step;
    }
    (chance / agents.talk.lasts(age)).clamp(0.0, 1.0)
}
