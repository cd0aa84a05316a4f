//! Whether a trunk is well: a circuit that opens after faults in a row and closes after one good trial.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use super::HealthPlan;

/// A trunk's circuit. Calls go through it while it is closed; while it is half open, one at a time.
#[derive(Clone, Debug)]
pub struct Health {
    plan: HealthPlan,
    state: State,
    /// Openings in a row without a good trial between them: each doubles the rest.
    relapses: u32,
}

#[derive(Clone, Debug)]
enum State {
    /// `recovered` is when it last came back, for the ramp.
    Closed {
        faults: u32,
        recovered: Option<Instant>,
    },
    Open {
        until: Instant,
    },
    HalfOpen {
        trial_out: bool,
    },
}

/// The circuit as others see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circuit {
    Closed,
    /// The one trial may go.
    HalfOpen,
    /// No call goes; asking again makes sense at `until`, where that is known.
    Open {
        until: Option<Instant>,
    },
}

/// What a call or a probe told about the trunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The trunk or the way to it failed; `retry_after` from a 503 (RFC 3261 section 21.5.4).
    Fault { retry_after: Option<Duration> },
    /// Nothing either way: cancelled before any answer, or never sent.
    Nothing,
    /// It carried the call somewhere, whatever came of it there.
    Well,
}

/// Bounds of a `Retry-After`: less is a burst of retries, more leaves the trunk to one answer's whim.
const RETRY_AFTER_S: (u64, u64) = (1, 300);

/// The longest rest after relapses.
const LONGEST_REST: Duration = Duration::from_secs(300);

impl Health {
    pub fn new(plan: HealthPlan) -> Self {
        Self { plan, state: State::Closed { faults: 0, recovered: None }, relapses: 0 }
    }

    /// The circuit at `now`. A rest that has ended leaves it half open.
    pub fn circuit(&self, now: Instant) -> Circuit {
        match self.state {
            State::Closed { .. } => Circuit::Closed,
            State::HalfOpen { trial_out: false } => Circuit::HalfOpen,
            State::HalfOpen { trial_out: true } => Circuit::Open { until: None },
            State::Open { until } if until <= now => Circuit::HalfOpen,
            State::Open { until } => Circuit::Open { until: Some(until) },
        }
    }

    /// Takes leave to send one call; `Some(true)` when it is the trial.
    pub fn try_pass(&mut self, now: Instant) -> Option<bool> {
        match self.circuit(now) {
            Circuit::Closed => Some(false),
            Circuit::HalfOpen => {
                self.state = State::HalfOpen { trial_out: true };
                Some(true)
            }
            Circuit::Open { .. } => None,
        }
    }

    /// Takes what a call told; `trial` as `try_pass` said of it.
    pub fn hear(&mut self, sign: Sign, trial: bool, now: Instant) {
        match (&mut self.state, sign) {
            (State::Closed { faults, .. }, Sign::Well) => *faults = 0,
            (State::Closed { faults, .. }, Sign::Fault { retry_after }) => {
                *faults += 1;
                if retry_after.is_some() || *faults >= self.plan.faults_to_open.get() {
                    self.open(retry_after, now);
                }
            }
            (State::HalfOpen { .. }, Sign::Well) if trial => {
                self.relapses = 0;
                self.state = State::Closed { faults: 0, recovered: Some(now) };
            }
            (State::HalfOpen { .. }, Sign::Fault { retry_after }) if trial => self.open(retry_after, now),
            (State::HalfOpen { trial_out }, Sign::Nothing) if trial => *trial_out = false,
            // A call from before the circuit opened tells how the trunk was, not how it is.
            (State::HalfOpen { .. } | State::Open { .. }, _) | (State::Closed { .. }, Sign::Nothing) => {}
        }
    }

    /// Takes what a probe told. A probe that is answered ends a rest; one that is not counts as a fault.
    pub fn probed(&mut self, answered: bool, now: Instant) {
        match (&self.state, answered) {
            (State::Open { .. }, true) => self.state = State::HalfOpen { trial_out: false },
            (State::Closed { .. }, false) => self.hear(Sign::Fault { retry_after: None }, false, now),
            (State::Open { .. }, false) | (State::Closed { .. } | State::HalfOpen { .. }, _) => {}
        }
    }

    /// The share of `full` calls per second allowed at `now`: after recovery from one up to all.
    pub fn allowed_cps(&self, full: NonZeroU32, now: Instant) -> NonZeroU32 {
        let State::Closed { recovered: Some(recovered), .. } = self.state else { return full };
        let (since, ramp) = (now.saturating_duration_since(recovered), self.plan.ramp);
        if since >= ramp {
            return full;
        }
        let part = u128::from(full.get()) * since.as_nanos() / ramp.as_nanos();
        NonZeroU32::new(u32::try_from(part).unwrap_or(full.get())).unwrap_or(NonZeroU32::MIN)
    }

    fn open(&mut self, retry_after: Option<Duration>, now: Instant) {
        let rest = match retry_after {
            Some(asked) => Duration::from_secs(asked.as_secs().clamp(RETRY_AFTER_S.0, RETRY_AFTER_S.1)),
            None => (self.plan.rest * 2_u32.pow(self.relapses.min(8))).min(LONGEST_REST.max(self.plan.rest)),
        };
        self.relapses = self.relapses.saturating_add(1);
        self.state = State::Open { until: now + rest };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::origin;
    use super::*;

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn health() -> Health {
        let faults_to_open = NonZeroU32::new(3).expect("above 0");
        Health::new(HealthPlan { faults_to_open, rest: secs(30), ramp: secs(10), probe: None })
    }

    const FAULT: Sign = Sign::Fault { retry_after: None };

    fn opened(now: Instant) -> Health {
        let mut health = health();
        (0..3).for_each(|_| health.hear(FAULT, false, now));
        assert_eq!(health.circuit(now), Circuit::Open { until: Some(now + secs(30)) });
        health
    }

    #[test]
    fn only_faults_in_a_row_open_the_circuit() {
        let (now, mut health) = (origin(), health());
        for sign in [FAULT, FAULT, Sign::Well, FAULT, FAULT] {
            health.hear(sign, false, now);
        }
        assert_eq!(health.circuit(now), Circuit::Closed);
        health.hear(FAULT, false, now);
        assert!(matches!(health.circuit(now), Circuit::Open { .. }));
    }

    #[test]
    fn after_its_rest_one_trial_goes_and_no_second() {
        let now = origin();
        let mut health = opened(now);
        assert_eq!(health.try_pass(now + secs(29)), None);
        assert_eq!(health.try_pass(now + secs(30)), Some(true));
        assert_eq!(health.try_pass(now + secs(31)), None);
        health.hear(Sign::Well, true, now + secs(33));
        assert_eq!(health.try_pass(now + secs(33)), Some(false));
    }

    #[test]
    fn a_failed_trial_rests_twice_as_long() {
        let now = origin();
        let mut health = opened(now);
        assert_eq!(health.try_pass(now + secs(30)), Some(true));
        health.hear(FAULT, true, now + secs(31));
        assert_eq!(health.circuit(now + secs(31)), Circuit::Open { until: Some(now + secs(91)) });
    }

    #[test]
    fn a_trial_that_told_nothing_gives_its_place_back() {
        let now = origin();
        let mut health = opened(now);
        assert_eq!(health.try_pass(now + secs(30)), Some(true));
        health.hear(Sign::Nothing, true, now + secs(31));
        assert_eq!(health.try_pass(now + secs(31)), Some(true));
    }

    #[test]
    fn a_call_from_before_the_fault_does_not_close_the_circuit() {
        let now = origin();
        let mut health = opened(now);
        health.hear(Sign::Well, false, now + secs(1));
        assert!(matches!(health.circuit(now + secs(1)), Circuit::Open { .. }));
    }

    #[test]
    fn retry_after_opens_at_once_within_bounds() {
        let now = origin();
        for (asked, rests) in [(0, 1), (120, 120), (86_400, 300)] {
            let mut health = health();
            health.hear(Sign::Fault { retry_after: Some(secs(asked)) }, false, now);
            assert_eq!(health.circuit(now), Circuit::Open { until: Some(now + secs(rests)) });
        }
    }

    #[test]
    fn a_recovered_trunk_ramps_up_from_one_call_a_second() {
        let now = origin();
        let mut health = opened(now);
        assert_eq!(health.try_pass(now + secs(30)), Some(true));
        let back = now + secs(30);
        health.hear(Sign::Well, true, back);
        let full = NonZeroU32::new(20).expect("above 0");
        let allowed = |after| health.allowed_cps(full, back + secs(after)).get();
        assert_eq!([allowed(0), allowed(5), allowed(10)], [1, 10, 20]);
    }

    #[test]
    fn an_answered_probe_ends_the_rest_but_not_the_trial() {
        let now = origin();
        let mut health = opened(now);
        health.probed(true, now + secs(2));
        assert_eq!(health.try_pass(now + secs(2)), Some(true));
        assert_eq!(health.try_pass(now + secs(2)), None);
    }

    proptest! {
        #[test]
        fn while_not_closed_at_most_one_call_is_out(script in prop::collection::vec((0_u8..6, 0_u64..50), 1..200)) {
            let (mut now, mut health, mut trial_out) = (origin(), health(), false);
            for (what, after) in script {
                now += secs(after);
                match what {
                    0 | 1 => if let Some(trial) = health.try_pass(now) {
                        prop_assert!(!(trial && trial_out), "two trials at once");
                        trial_out |= trial;
                    },
                    2 => health.hear(FAULT, false, now),
                    3 => health.hear(Sign::Well, false, now),
                    4 => health.probed(true, now),
                    _ => if trial_out {
                        health.hear(if after % 2 == 0 { FAULT } else { Sign::Well }, true, now);
                        trial_out = false;
                    },
                }
            }
        }
    }
}
