//! Whole days of a campaign in simulated time: list, carrier and agents drawn from a seed, the pacer the real one.
//!
//! In: a scenario. Out: figures. Every draw is keyed by what it is for, so that dial number 17 has the same luck
//! however the calls before it were paced. Floor 2, sans-IO.

mod day;
mod desk;
mod figures;
mod list;
mod luck;
mod roster;
mod scenario;

use std::time::{Duration, Instant};

use crate::pacing::{Cap, Clock, Decision, Input, PREDICTIVE_FROM, Pacer, Plan, Window};
use day::Day;
use luck::Luck;

pub use figures::Figures;
pub use scenario::{Delays, Limits, List, Roster, Scenario, Trouble, Work};

/// Who paces the calls of the simulated days: the pacer in this process, or one that is asked over its protocol.
pub trait Dialler {
    /// Something happened.
    fn handle(&mut self, now: Instant, input: Input);
    /// How many calls to start now, and when to ask again.
    fn decide(&mut self, now: Instant) -> (usize, Instant);
}

impl Dialler for Pacer {
    fn handle(&mut self, now: Instant, input: Input) {
        Pacer::handle(self, now, input);
    }

    fn decide(&mut self, now: Instant) -> (usize, Instant) {
        let Decision { dial, wake, .. } = Pacer::decide(self, now);
        (dial, wake)
    }
}

/// Runs the scenario's days one after another; what the pacer learns stays. `origin` is any instant.
pub fn simulate(scenario: &Scenario, origin: Instant) -> Figures {
    simulate_by(scenario, &mut Pacer::new(plan(scenario), origin), origin)
}

/// The same with somebody else's dialler, which has been told the scenario's [`plan`].
pub fn simulate_by(scenario: &Scenario, dialler: &mut impl Dialler, origin: Instant) -> Figures {
    let mut figures = Figures::default();
    let luck = Luck::new(scenario.seed);
    let mut dials = 0;
    for number in 0..scenario.days {
        let day = Day::new(scenario, luck, number, dials);
        let tally = day.run(dialler, origin);
        dials += tally.dials;
        figures.add(tally, scenario.limits.cap);
    }
    figures
}

/// What a dialler is told of the scenario.
pub fn plan(scenario: &Scenario) -> Plan {
    let limits = &scenario.limits;
    Plan {
        agents: scenario.agents,
        cap: Cap { share: limits.cap, window: Window::Day, lost_to_detection: scenario.list.people_lost },
        deadline: Duration::from_secs_f64(limits.deadline_s),
        clock: if limits.deadline_from_answer { Clock::Answer } else { Clock::Verdict },
        max_lines: scenario.max_lines(),
        starts_per_second: scenario.starts_per_second(),
        shift: Duration::from_secs_f64(scenario.day_s),
        stop_before_end: Duration::from_secs_f64(limits.stop_before_end_s),
        predictive_from: PREDICTIVE_FROM,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "a test needs some instant to begin with")]
    fn figures(scenario: &Scenario) -> Figures {
        simulate(scenario, Instant::now())
    }

    fn two_hours() -> Scenario {
        Scenario { agents: 5, days: 2, day_s: 7_200.0, ..Scenario::default() }
    }

    #[test]
    fn the_same_seed_gives_the_same_figures_and_another_seed_others() {
        let scenario = two_hours();
        let other = Scenario { seed: 2, ..scenario.clone() };
        assert_eq!(figures(&scenario), figures(&scenario));
        assert_ne!(figures(&scenario), figures(&other));
    }

    #[test]
    fn whoever_answers_is_connected_abandoned_or_lost_to_detection() {
        let mut scenario = two_hours();
        scenario.list.people_lost = 0.1;
        let figures = figures(&scenario);
        assert!(figures.live_answers > 50 && figures.lost > 0, "{figures:?}");
        assert_eq!(figures.live_answers, figures.connects + figures.abandons + figures.lost);
        assert_eq!(figures.refused_dials, 0);
    }

    #[test]
    fn while_every_dial_fails_few_are_made() {
        let mut scenario = two_hours();
        scenario.trouble.faults_at_s = 3_600.0;
        scenario.trouble.faults_for_s = 1_800.0;
        let faulty = figures(&scenario);
        assert!(faulty.faults < 2 * (1_800 / 2 + 100), "{faulty:?}");
        assert!(faulty.faults > 100, "{faulty:?}");
    }
}
