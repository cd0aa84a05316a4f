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
    let part = (at / list.step_s) as u64 + 10_000 * u64::from(day);
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
    let (list, delays) = (&scenario.list, &scenario.delays);
    let mut draws = luck.draws(Purpose::Dial, number);
    let who = draws.share();
    let heard = draws.share();
    let post_dial = draws.around(delays.post_dial).clamp(0.3, 12.0);
    let (talk, wrap) = work(scenario, &mut draws);
    let trouble = &scenario.trouble;
    let faulty = trouble.faults_at_s..trouble.faults_at_s + trouble.faults_for_s;
    if trouble.faults_at_s > 0.0 && faulty.contains(&at) {
        return nobody(End::Fault, 0.3);
    }
    // What is not a person keeps its proportions.
    let rest = (1.0 - rate) / (1.0 - list.person);
    let machines = rate + list.machine * rest;
    let busy = machines + list.busy * rest;
    if who < rate {
        let ring = draws.around(delays.ring).clamp(0.8, delays.ring_limit_s - 0.2);
        let answered = post_dial + ring;
        let who = if heard < list.people_lost { Who::PersonLost } else { Who::Person };
        let known = answered + draws.between(delays.person_verdict);
        Fate { who, answered: Some(answered), known, talk, wrap }
    } else if who < machines {
        let at_once = draws.share() < delays.machines_at_once;
        let ring = if at_once { draws.between((0.3, 2.8)) } else { draws.between((15.0, 25.0)) };
        let answered = post_dial + ring.min(delays.ring_limit_s - 0.2);
        let passed = heard < list.machines_passed;
        let (who, verdict) = match passed {
            true => (Who::MachinePassed, delays.person_verdict),
            false => (Who::Nobody(End::Machine), delays.machine_verdict),
        };
        let known = answered + draws.between(verdict);
        Fate { who, answered: Some(answered), known, talk: draws.between((4.0, 12.0)), wrap: wrap.min(6.0) }
    } else if who < busy {
        nobody(End::Busy, post_dial + draws.between((0.2, 1.2)))
    } else if who < busy + list.invalid * rest {
        nobody(End::Invalid, post_dial + draws.between((0.5, 5.5)))
    } else {
        nobody(End::NoAnswer, post_dial + delays.ring_limit_s)
    }
}

fn nobody(end: End, known: f64) -> Fate {
    Fate { who: Who::Nobody(end), answered: None, known, talk: 0.0, wrap: 0.0 }
}

fn work(scenario: &Scenario, draws: &mut Draws) -> (f64, f64) {
    let work = &scenario.work;
    let talk = if draws.share() < work.short_share {
        2.0 + draws.wait(work.short_mean_s - 2.0)
    } else {
        draws.spread(work.long).clamp(5.0, 1_800.0)
    };
    (talk, draws.spread(work.wrap).clamp(1.0, 300.0))
}
