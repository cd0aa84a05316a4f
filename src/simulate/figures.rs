//! What came of the simulated days, each figure with its definition.

use serde::Serialize;

/// One day's counts; times are agent seconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub dials: u64,
    pub refused: u64,
    pub faults: u64,
    pub people: u64,
    pub lost: u64,
    pub connects: u64,
    pub abandons: u64,
    pub machines_to_agents: u64,
    pub talk: f64,
    pub wrap: f64,
    pub ready: f64,
    /// How long each agent was ready before its call.
    pub waits: Vec<f64>,
}

/// Figures of all days.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    pub days: u32,
    /// Talk and wrap-up over talk, wrap-up and ready time; of the first day alone, too.
    pub occupancy: f64,
    pub occupancy_day1: f64,
    /// People abandoned or lost to detection over people who answered.
    pub abandon_rate: f64,
    /// Days on which that was above the cap, and the worst of them all.
    pub days_over_cap: u32,
    pub worst_day: f64,
    /// Ready time before a call: mean, and what 95 of 100 do not exceed.
    pub mean_wait_s: f64,
    pub p95_wait_s: f64,
    pub dials: u64,
    /// Dials the lines did not take: too many at once, a second, or too late in the day.
    pub refused_dials: u64,
    pub faults: u64,
    /// People who answered: connected, abandoned, lost to detection.
    pub live_answers: u64,
    pub connects: u64,
    pub abandons: u64,
    pub lost: u64,
    pub machines_to_agents: u64,
    pub dials_per_connect: f64,
    /// Connects over hours of talk, wrap-up and ready time.
    pub connects_per_agent_hour: f64,
    #[serde(skip)]
    busy: f64,
    #[serde(skip)]
    staffed: f64,
    #[serde(skip)]
    waits: Vec<f64>,
}

impl Figures {
    pub(super) fn add(&mut self, day: Tally, cap: f64) {
        let busy = day.talk + day.wrap;
        let staffed = busy + day.ready;
        let rate = ratio((day.abandons + day.lost) as f64, day.people as f64);
        if self.days == 0 {
            self.occupancy_day1 = ratio(busy, staffed);
        }
        self.days += 1;
        self.days_over_cap += u32::from(rate > cap);
        self.worst_day = self.worst_day.max(rate);
        self.dials += day.dials;
        self.refused_dials += day.refused;
        self.faults += day.faults;
        self.live_answers += day.people;
        self.connects += day.connects;
        self.abandons += day.abandons;
        self.lost += day.lost;
        self.machines_to_agents += day.machines_to_agents;
        self.busy += busy;
        self.staffed += staffed;
        self.waits.extend(day.waits);
        self.divide();
    }

    fn divide(&mut self) {
        self.occupancy = ratio(self.busy, self.staffed);
        self.abandon_rate = ratio((self.abandons + self.lost) as f64, self.live_answers as f64);
        self.dials_per_connect = ratio(self.dials as f64, self.connects as f64);
        self.connects_per_agent_hour = ratio(self.connects as f64 * 3_600.0, self.staffed);
        self.mean_wait_s = ratio(self.waits.iter().sum(), self.waits.len() as f64);
        self.waits.sort_by(f64::total_cmp);
        let nth = self.waits.len().saturating_sub(1) * 95 / 100;
        self.p95_wait_s = self.waits.get(nth).copied().unwrap_or_default();
    }
}

/// Nothing over nothing is nothing.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
