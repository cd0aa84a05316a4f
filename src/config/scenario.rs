//! A scenario of `obzvon simulate`: one flat file of keys, each with a default.

use std::ops::RangeInclusive;
use std::path::Path;

use super::read::{Environment, Problems, Reading, Section};
use crate::simulate::{Delays, Limits, List, Roster, Scenario, Trouble, Work};

/// Reads the scenario at `path`.
///
/// # Errors
/// Every mistake of the file, with its line and key.
pub fn scenario(path: &Path) -> Result<Scenario, Problems> {
    let environment = Environment::new();
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let reading = Reading::new(folder, &environment);
    let read = reading.source(&name).and_then(|source| reading.toml(&source, "", whole));
    reading.end()?;
    Ok(read.expect("every part is there when nothing was noted"))
}

const SHARE: RangeInclusive<f64> = 0.0..=1.0;
const SIGMA: RangeInclusive<f64> = 0.0..=3.0;
const SECONDS: RangeInclusive<f64> = 0.0..=86_400.0;
/// What is divided by, or must pass for something else to happen.
const SOME_SECONDS: RangeInclusive<f64> = 0.1..=86_400.0;

fn whole(root: &Section<'_>) -> Option<Scenario> {
    let usual = Scenario::default();
    let name = root.or("name", usual.name, |value| value.text());
    let seed = root.or("seed", usual.seed, |value| value.integer(0..=u64::MAX));
    let days = root.or("days", usual.days, |value| value.integer(1..=100_000));
    let day_s = root.or("day_s", usual.day_s, |value| value.decimal(60.0..=86_400.0));
    let agents = root.or("agents", usual.agents, |value| value.integer(1..=2_000));
    let (list, delays, work) = (list(root), delays(root), work(root));
    let (roster, trouble, limits) = (roster(root), trouble(root), limits(root));
    Some(Scenario {
        name: name?,
        seed: seed?,
        days: days?,
        day_s: day_s?,
        agents: agents?,
        list: list?,
        delays: delays?,
        work: work?,
        roster: roster?,
        trouble: trouble?,
        limits: limits?,
    })
}

fn list(root: &Section<'_>) -> Option<List> {
    let usual = Scenario::default().list;
    // The rest of the mix is divided by what is not a person.
    let person = number(root, "p_human", usual.person, 0.0..=0.99);
    let machine = number(root, "p_machine", usual.machine, SHARE);
    let busy = number(root, "p_busy", usual.busy, SHARE);
    let invalid = number(root, "p_invalid", usual.invalid, SHARE);
    let wave = number(root, "drift_sin", usual.wave, SHARE);
    let step_sigma = number(root, "drift_step_sd", usual.step_sigma, SIGMA);
    let step_s = number(root, "drift_step_s", usual.step_s, SOME_SECONDS);
    let people_lost = number(root, "amd_fp", usual.people_lost, 0.0..=0.9);
    let machines_passed = number(root, "amd_fn", usual.machines_passed, SHARE);
    Some(List {
        person: person?,
        machine: machine?,
        busy: busy?,
        invalid: invalid?,
        wave: wave?,
        step_sigma: step_sigma?,
        step_s: step_s?,
        people_lost: people_lost?,
        machines_passed: machines_passed?,
    })
}

fn delays(root: &Section<'_>) -> Option<Delays> {
    let usual = Scenario::default().delays;
    let post_dial = pair(root, ["pdd_median", "pdd_sigma"], usual.post_dial, [SOME_SECONDS, SIGMA]);
    let ring = pair(root, ["ring_median", "ring_sigma"], usual.ring, [SOME_SECONDS, SIGMA]);
    let ring_limit_s = number(root, "ring_timeout", usual.ring_limit_s, 1.0..=600.0);
    let machines_at_once = number(root, "vm_fast", usual.machines_at_once, SHARE);
    let person_verdict = pair(root, ["amd_min", "amd_max"], usual.person_verdict, [SECONDS, SECONDS]);
    let machine = ["amd_mach_min", "amd_mach_max"];
    let machine_verdict = pair(root, machine, usual.machine_verdict, [SECONDS, SECONDS]);
    Some(Delays {
        post_dial: post_dial?,
        ring: ring?,
        ring_limit_s: ring_limit_s?,
        machines_at_once: machines_at_once?,
        person_verdict: person_verdict?,
        machine_verdict: machine_verdict?,
    })
}

fn work(root: &Section<'_>) -> Option<Work> {
    let usual = Scenario::default().work;
    let short_share = number(root, "short_frac", usual.short_share, SHARE);
    let short_mean_s = number(root, "short_mean", usual.short_mean_s, 2.0..=86_400.0);
    let long = pair(root, ["long_mean", "long_cv"], usual.long, [SOME_SECONDS, 0.0..=20.0]);
    let wrap = pair(root, ["wrap_mean", "wrap_cv"], usual.wrap, [SOME_SECONDS, 0.0..=20.0]);
    let speed_sigma = number(root, "agent_sd", usual.speed_sigma, SIGMA);
    Some(Work {
        short_share: short_share?,
        short_mean_s: short_mean_s?,
        long: long?,
        wrap: wrap?,
        speed_sigma: speed_sigma?,
    })
}

fn roster(root: &Section<'_>) -> Option<Roster> {
    let usual = Scenario::default().roster;
    let login_within_s = number(root, "login_jitter", usual.login_within_s, SECONDS);
    let break_s = number(root, "break_s", usual.break_s, SECONDS);
    let lunch_s = number(root, "lunch_s", usual.lunch_s, SECONDS);
    let pauses_an_hour = number(root, "pause_per_h", usual.pauses_an_hour, 0.0..=60.0);
    let pause_mean_s = number(root, "pause_mean", usual.pause_mean_s, SECONDS);
    Some(Roster {
        login_within_s: login_within_s?,
        break_s: break_s?,
        lunch_s: lunch_s?,
        pauses_an_hour: pauses_an_hour?,
        pause_mean_s: pause_mean_s?,
    })
}

fn trouble(root: &Section<'_>) -> Option<Trouble> {
    let usual = Scenario::default().trouble;
    let rate_changes_at_s = number(root, "shock_at", usual.rate_changes_at_s, SECONDS);
    let rate_changes_by = number(root, "shock_factor", usual.rate_changes_by, 0.0..=100.0);
    let leave_at_s = number(root, "leave_at", usual.leave_at_s, SECONDS);
    let leave_share = number(root, "leave_frac", usual.leave_share, SHARE);
    let leave_for_s = number(root, "leave_dur", usual.leave_for_s, SECONDS);
    let faults_at_s = number(root, "fault_at", usual.faults_at_s, SECONDS);
    let faults_for_s = number(root, "fault_dur", usual.faults_for_s, SECONDS);
    Some(Trouble {
        rate_changes_at_s: rate_changes_at_s?,
        rate_changes_by: rate_changes_by?,
        leave_at_s: leave_at_s?,
        leave_share: leave_share?,
        leave_for_s: leave_for_s?,
        faults_at_s: faults_at_s?,
        faults_for_s: faults_for_s?,
    })
}

fn limits(root: &Section<'_>) -> Option<Limits> {
    let usual = Scenario::default().limits;
    let cap = number(root, "cap", usual.cap, SHARE);
    let deadline_s = number(root, "deadline_s", usual.deadline_s, 0.0..=600.0);
    let from_answer = root.or("deadline_from_answer", usual.deadline_from_answer, |value| {
        value.integer(0..=1).map(|from_answer: u32| from_answer == 1)
    });
    let lines_per_agent = number(root, "max_lines_per_agent", usual.lines_per_agent, 0.0..=1_000.0);
    let starts_per_agent = number(root, "cps_per_agent", usual.starts_per_agent, 0.0..=100.0);
    let starts_least = number(root, "cps_min", usual.starts_least, 0.0..=1_000.0);
    let stop_before_end_s = number(root, "stop_dial_before_end", usual.stop_before_end_s, SECONDS);
    Some(Limits {
        cap: cap?,
        deadline_s: deadline_s?,
        deadline_from_answer: from_answer?,
        lines_per_agent: lines_per_agent?,
        starts_per_agent: starts_per_agent?,
        starts_least: starts_least?,
        stop_before_end_s: stop_before_end_s?,
    })
}

fn number(root: &Section<'_>, key: &str, usual: f64, range: RangeInclusive<f64>) -> Option<f64> {
    root.or(key, usual, |value| value.decimal(range))
}

fn pair(
    root: &Section<'_>,
    keys: [&str; 2],
    usual: (f64, f64),
    [first, second]: [RangeInclusive<f64>; 2],
) -> Option<(f64, f64)> {
    let first = number(root, keys[0], usual.0, first);
    let second = number(root, keys[1], usual.1, second);
    Some((first?, second?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    fn read(text: &str) -> Result<Scenario, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("day.toml");
        std::fs::write(&path, text).unwrap();
        scenario(&path).map_err(|problems| problems.render(Language::En))
    }

    #[test]
    fn an_empty_file_is_the_usual_scenario() {
        assert_eq!(read(""), Ok(Scenario::default()));
    }

    #[test]
    fn a_key_that_is_not_there_is_a_mistake_with_its_line_and_a_suggestion() {
        let said = read("agents = 5\nring_meadian = 9\np_human = 2\n").unwrap_err();
        assert_eq!(
            said,
            "day.toml:2: ring_meadian: no such key; did you mean `ring_median`?\nday.toml:3: p_human: 2 is outside 0 to 0.99\nmistakes: 2"
        );
    }
}
