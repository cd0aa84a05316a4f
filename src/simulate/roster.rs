//! An agent's day: when it logs in, when it pauses and how long.

use std::collections::VecDeque;

use super::luck::{Draws, Luck, Purpose};
use super::scenario::Scenario;

/// What an agent means to do today; times are seconds into the day.
#[derive(Debug)]
pub(super) struct Intentions {
    pub login: f64,
    /// Due and length, the earliest first. One that falls into a call is taken after it.
    pub pauses: VecDeque<(f64, f64)>,
    /// Factor on talk and wrap-up.
    pub speed: f64,
}

pub(super) fn intentions(scenario: &Scenario, luck: Luck, day: u32, agent: u32) -> Intentions {
    let (roster, trouble, whole) = (&scenario.roster, &scenario.trouble, scenario.day_s);
    let speed = luck.draws(Purpose::AgentsSpeed, agent.into()).around((1.0, scenario.work.speed_sigma));
    let mut draws = luck.draws(Purpose::AgentsDay, u64::from(day) * 100_000 + u64::from(agent));
    // Most come early in the time given for it.
    let login = roster.login_within_s * draws.share() * draws.share();
    let mut pauses = Vec::new();
    for part in [0.25, 0.75] {
        let due = whole * (part + draws.between((-0.04, 0.04)));
        pauses.push((due, roster.break_s * draws.between((0.8, 1.3))));
    }
    let lunch = whole * (0.5 + draws.between((-0.06, 0.06)));
    pauses.push((lunch, roster.lunch_s * draws.between((0.9, 1.2))));
    pauses.extend(short_pauses(scenario, login, &mut draws));
    if trouble.leave_at_s > 0.0 && draws.share() < trouble.leave_share {
        let due = trouble.leave_at_s + draws.between((0.0, 120.0));
        pauses.push((due, trouble.leave_for_s * draws.between((0.95, 1.05))));
    }
    pauses.retain(|&(_, length)| length > 0.0);
    pauses.sort_by(|one, other| one.0.total_cmp(&other.0));
    Intentions { login, pauses: pauses.into(), speed }
}

fn short_pauses(scenario: &Scenario, login: f64, draws: &mut Draws) -> Vec<(f64, f64)> {
    let roster = &scenario.roster;
    let mut pauses = Vec::new();
    if roster.pauses_an_hour <= 0.0 {
        return pauses;
    }
    let mut due = login + draws.wait(3_600.0 / roster.pauses_an_hour);
    while due < scenario.day_s {
        pauses.push((due, draws.wait(roster.pause_mean_s).clamp(10.0, 900.0)));
        due += draws.wait(3_600.0 / roster.pauses_an_hour);
    }
    pauses
}
