//! Calls per second: one start after another, evenly, never a second's worth at once.
//!
//! Our own and not `governor`'s: the rate changes while a trunk comes back, and it has to run under simulated time.
//! A cell rate meter of a few lines does both.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

/// How late a start may be and the next still keep the beat: what timers and a busy machine cost.
const SLACK: Duration = Duration::from_millis(10);

/// Meters the starts of one trunk (the generic cell rate algorithm, ITU-T I.371, with a burst of one).
///
/// A late start does not put off those after it, up to [`SLACK`]; so that no sliding second holds one start too many
/// all the same, `rate` starts take a second and the slack: one per cent of the rate is given away.
#[derive(Clone, Debug)]
pub struct Cps {
    interval: Duration,
    /// The moment from which the next start may leave.
    due: Instant,
}

/// Not now; ask again at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotBefore(pub Instant);

impl Cps {
    pub fn new(per_second: NonZeroU32, now: Instant) -> Self {
        Self { interval: interval(per_second), due: now }
    }

    /// Takes one call start, or says when to ask again.
    ///
    /// # Errors
    /// When the last start is too near.
    pub fn try_start(&mut self, now: Instant) -> Result<(), NotBefore> {
        if self.due > now {
            return Err(NotBefore(self.due));
        }
        let late = (now - self.due).min(SLACK);
        self.due = now - late + self.interval;
        Ok(())
    }

    /// Changes the rate. What was taken at the old rate keeps its distance.
    pub fn set_rate(&mut self, per_second: NonZeroU32) {
        let changed = interval(per_second);
        // A start was taken at `due - interval`; the next one stands off from it by the new interval.
        self.due = self.due + changed - self.interval;
        self.interval = changed;
    }
}

/// Rounded up, so that no second holds one start too many.
fn interval(per_second: NonZeroU32) -> Duration {
    let nanos = (Duration::from_secs(1) + SLACK).as_nanos().div_ceil(u128::from(per_second.get()));
    Duration::from_nanos_u128(nanos)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn per_second(rate: u32) -> NonZeroU32 {
        NonZeroU32::new(rate).expect("above 0")
    }

    /// An arbitrary origin; only differences matter.
    #[expect(clippy::disallowed_methods, reason = "a test needs some instant to begin with")]
    fn origin() -> Instant {
        Instant::now()
    }

    #[test]
    fn a_refusal_says_when_to_ask_again() {
        let start = origin();
        let mut cps = Cps::new(per_second(2), start);
        assert_eq!(cps.try_start(start), Ok(()));
        let NotBefore(when) = cps.try_start(start).expect_err("too soon");
        assert_eq!(when - start, Duration::from_millis(505));
        assert_eq!(cps.try_start(when), Ok(()));
    }

    #[test]
    fn a_lower_rate_holds_from_the_last_start_on() {
        let start = origin();
        let mut cps = Cps::new(per_second(10), start);
        assert_eq!(cps.try_start(start), Ok(()));
        cps.set_rate(per_second(1));
        assert_eq!(cps.try_start(start), Err(NotBefore(start + Duration::from_millis(1010))));
    }

    proptest! {
        #[test]
        fn no_sliding_second_holds_more_starts_than_the_rate(
            rate in 1_u32..40,
            steps in prop::collection::vec(0_u64..80, 1..400),
        ) {
            let mut now = origin();
            let mut cps = Cps::new(per_second(rate), now);
            let mut starts = Vec::new();
            for step in steps {
                now += Duration::from_millis(step);
                if cps.try_start(now).is_ok() {
                    starts.push(now);
                }
            }
            for (nth, &first) in starts.iter().enumerate() {
                let second = starts[nth..].iter().take_while(|&&at| at - first < Duration::from_secs(1));
                prop_assert!(second.count() <= rate as usize);
            }
        }

        #[test]
        fn whoever_waits_as_told_gets_the_rate_but_one_per_cent_though_the_timer_is_late(
            rate in 1_u32..200,
            late in prop::collection::vec(0_u64..10, 1..50),
        ) {
            let start = origin();
            let (mut now, mut taken) = (start, 0);
            let mut cps = Cps::new(per_second(rate), start);
            let mut late = late.into_iter().cycle().map(Duration::from_millis);
            while now - start < Duration::from_secs(101) {
                match cps.try_start(now) {
                    Ok(()) => taken += 1,
                    Err(NotBefore(when)) => now = when + late.next().expect("a cycle"),
                }
            }
            prop_assert!((rate * 100 - 1..=rate * 100 + 1).contains(&taken), "{taken} at {rate}");
        }
    }
}
