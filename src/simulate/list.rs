//! What a dial brings: drawn by the dial's number, weighed by the answer rate of the moment.

use std::f64::consts::TAU;

use crate::pacing::End;

use super::luck::{Draws, Luck, Purpose};
use super::scenario::Scenario;

/// What one dial comes to; times are seconds after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fate {
    pub who: Who,
    /// Off-hook, if anything goes off-hook.
    pub answered: Option<f64>,
    /// The verdict, or the end of the attempt.
    pub known: f64,
    /// Talk and wrap-up with an agent of usual speed.
    pub talk: f64,
    pub wrap: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Person,
    /// A person taken for a machine.
    PersonLost,
    /// A machine taken for a person.
    MachinePassed,
    Nobody(End),
}

/// Chance that a dial `at` seconds into day `day` is answered by a person.
pub(super) fn answer_rate(scenario: &Scenario, luck: Luck, day: u32, at: f64) -> f64 {
    let list = &scenario.list;
    let phase = luck.draws(Purpose::Wave, day.into()).between((0.0, TAU));
    let part = (at / list.step_s) as u64 + 1_000 * u64::from(day);
    let better = luck.draws(Purpose::ListPart, part).normal() * list.step_sigma;
    let wave = 1.0 + list.wave * (TAU * at / scenario.day_s + phase).sin();
    let trouble = &scenario.trouble;
    let changed = trouble.rate_changes_at_s > 0.0 && at >= trouble.rate_changes_at_s;
    let change = if changed { trouble.rate_changes_by } else { 1.0 };
    let step = (better - 0.5 * list.step_sigma * list.step_sigma).exp();
    (list.person * wave * step * change).clamp(0.005, 0.9)
}

/// The fate of dial `number` made `at` seconds into the day, when `rate` of the dials are answered by people.
pub(super) fn fate(scenario: &Scenario, luck: Luck, number: u64, at: f64, rate: f64) -> Fate {
    let (list, delays, trouble) = (&scenario.list, &scenario.delays, &scenario.trouble);
    let drawn = Drawn::of(scenario, &mut luck.draws(Purpose::Dial, number));
    let faulty = trouble.faults_at_s..trouble.faults_at_s + trouble.faults_for_s;
    if trouble.faults_at_s > 0.0 && faulty.contains(&at) {
        return nobody(End::Fault, 0.3);
    }
    // What is not a person keeps its proportions.
    let rest = (1.0 - rate) / (1.0 - list.person);
    let machines = rate + list.machine * rest;
    let busy = machines + list.busy * rest;
    if drawn.who < rate {
        drawn.person(list.people_lost)
    } else if drawn.who < machines {
        drawn.machine(scenario)
    } else if drawn.who < busy {
        nobody(End::Busy, drawn.post_dial + 0.2 + drawn.how)
    } else if drawn.who < busy + list.invalid * rest {
        nobody(End::Invalid, drawn.post_dial + 0.5 + 5.0 * drawn.how)
    } else {
        nobody(End::NoAnswer, drawn.post_dial + delays.ring_limit_s)
    }
}

/// Everything of a dial that chance decides. All of it is drawn, and in this order, whatever comes of the dial.
struct Drawn {
    who: f64,
    post_dial: f64,
    ring: f64,
    person_verdict: f64,
    machine_verdict: f64,
    heard: f64,
    how: f64,
    how_long: f64,
    talk: f64,
    wrap: f64,
}

impl Drawn {
    fn of(scenario: &Scenario, draws: &mut Draws) -> Self {
        let (delays, work) = (&scenario.delays, &scenario.work);
        Self {
            who: draws.share(),
            post_dial: draws.around(delays.post_dial).clamp(0.3, 12.0),
            ring: draws.around(delays.ring).clamp(0.8, delays.ring_limit_s - 0.2),
            person_verdict: draws.between(delays.person_verdict),
            machine_verdict: draws.between(delays.machine_verdict),
            heard: draws.share(),
            how: draws.share(),
            how_long: draws.share(),
            talk: match draws.share() < work.short_share {
                true => 2.0 + draws.wait(work.short_mean_s - 2.0),
                false => draws.spread(work.long).clamp(5.0, 1_800.0),
            },
            wrap: draws.spread(work.wrap).clamp(1.0, 300.0),
        }
    }

    fn person(self, lost: f64) -> Fate {
        let answered = self.post_dial + self.ring;
        Fate {
            who: if self.heard < lost { Who::PersonLost } else { Who::Person },
            answered: Some(answered),
            known: answered + self.person_verdict,
            talk: self.talk,
            wrap: self.wrap,
        }
    }

    fn machine(self, scenario: &Scenario) -> Fate {
        let delays = &scenario.delays;
        let ring = match self.how < delays.machines_at_once {
            true => 0.3 + 2.5 * self.how_long,
            false => (15.0 + 10.0 * self.how_long).min(delays.ring_limit_s - 0.2),
        };
        let answered = self.post_dial + ring;
        let (who, verdict) = match self.heard < scenario.list.machines_passed {
            true => (Who::MachinePassed, self.person_verdict),
            false => (Who::Nobody(End::Machine), self.machine_verdict),
        };
        let (talk, wrap) = (4.0 + 8.0 * self.how_long, self.wrap.min(6.0));
        Fate { who, answered: Some(answered), known: answered + verdict, talk, wrap }
    }
}

fn nobody(end: End, known: f64) -> Fate {
    Fate { who: Who::Nobody(end), answered: None, known, talk: 0.0, wrap: 0.0 }
}
