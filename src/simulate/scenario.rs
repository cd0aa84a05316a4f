//! What is simulated: the list, how calls go, how agents work, what goes wrong.

/// A scenario; times are seconds, shares between 0 and 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    pub name: String,
    pub seed: u64,
    pub days: u32,
    pub day_s: f64,
    pub agents: u32,
    pub list: List,
    pub delays: Delays,
    pub work: Work,
    pub roster: Roster,
    pub trouble: Trouble,
    pub limits: Limits,
}

/// What a dial comes to; the rest is nobody.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    pub person: f64,
    pub machine: f64,
    pub busy: f64,
    pub invalid: f64,
    /// Height of the day's wave of the answer rate.
    pub wave: f64,
    /// Sigma of the logarithm by which each part of the list is better or worse, and a part's length.
    pub step_sigma: f64,
    pub step_s: f64,
    /// People taken for machines, machines taken for people.
    pub people_lost: f64,
    pub machines_passed: f64,
}

/// Medians and sigmas of logarithms, or from and to.
#[derive(Clone, Debug, PartialEq)]
pub struct Delays {
    pub post_dial: (f64, f64),
    pub ring: (f64, f64),
    pub ring_limit_s: f64,
    /// Share of the machines that answer at once.
    pub machines_at_once: f64,
    pub person_verdict: (f64, f64),
    pub machine_verdict: (f64, f64),
}

/// Talk and wrap-up: means, and coefficients of variation.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    pub short_share: f64,
    pub short_mean_s: f64,
    pub long: (f64, f64),
    pub wrap: (f64, f64),
    /// Sigma of the logarithm of the agents' own speed.
    pub speed_sigma: f64,
}

/// When agents are there.
#[derive(Clone, Debug, PartialEq)]
pub struct Roster {
    pub login_within_s: f64,
    pub break_s: f64,
    pub lunch_s: f64,
    pub pauses_an_hour: f64,
    pub pause_mean_s: f64,
}

/// What goes wrong every day; at 0, never.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trouble {
    pub rate_changes_at_s: f64,
    pub rate_changes_by: f64,
    pub leave_at_s: f64,
    pub leave_share: f64,
    pub leave_for_s: f64,
    pub faults_at_s: f64,
    pub faults_for_s: f64,
}

/// What the dialler must keep to.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    pub cap: f64,
    pub deadline_s: f64,
    pub deadline_from_answer: bool,
    pub lines_per_agent: f64,
    pub starts_per_agent: f64,
    pub starts_least: f64,
    pub stop_before_end_s: f64,
}

impl Scenario {
    pub fn max_lines(&self) -> u32 {
        (self.limits.lines_per_agent * f64::from(self.agents)) as u32
    }

    pub fn starts_per_second(&self) -> f64 {
        (self.limits.starts_per_agent * f64::from(self.agents)).max(self.limits.starts_least)
    }
}

impl Default for Scenario {
    /// Twenty agents whose list answers to three dials of ten.
    fn default() -> Self {
        Self {
            name: "unnamed".to_owned(),
            seed: 1,
            days: 30,
            day_s: 28_800.0,
            agents: 20,
            list: List {
                person: 0.3,
                machine: 0.2,
                busy: 0.05,
                invalid: 0.03,
                wave: 0.25,
                step_sigma: 0.25,
                step_s: 3_600.0,
                people_lost: 0.0,
                machines_passed: 0.0,
            },
            delays: Delays {
                post_dial: (2.5, 0.4),
                ring: (9.0, 0.55),
                ring_limit_s: 28.0,
                machines_at_once: 0.35,
                person_verdict: (0.7, 1.3),
                machine_verdict: (1.5, 4.0),
            },
            work: Work {
                short_share: 0.35,
                short_mean_s: 25.0,
                long: (150.0, 0.8),
                wrap: (20.0, 0.7),
                speed_sigma: 0.15,
            },
            roster: Roster {
                login_within_s: 300.0,
                break_s: 600.0,
                lunch_s: 1_800.0,
                pauses_an_hour: 0.7,
                pause_mean_s: 90.0,
            },
            trouble: Trouble { rate_changes_by: 1.0, leave_for_s: 2_700.0, ..Trouble::default() },
            limits: Limits {
                cap: 0.03,
                deadline_s: 2.0,
                deadline_from_answer: false,
                lines_per_agent: 25.0,
                starts_per_agent: 1.0,
                starts_least: 5.0,
                stop_before_end_s: 45.0,
            },
        }
    }
}
