//! What the pacer is told before it begins.

use std::time::Duration;

use super::super::budget::Cap;

/// The campaign as its pacer sees it.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Agents on the roster.
    pub agents: u32,
    pub cap: Cap,
    /// How soon an agent must be on the line after `clock`.
    pub deadline: Duration,
    pub clock: Clock,
    /// Most calls at once, talking ones included.
    pub max_lines: u32,
    /// Starts a second; a second's worth may leave together.
    pub starts_per_second: f64,
    /// The day from its beginning to its end.
    pub shift: Duration,
    /// No call is started in this last part of the shift.
    pub stop_before_end: Duration,
    /// With fewer agents logged in, calls wait for agents: one call for one who is ready.
    pub predictive_from: u32,
}

/// With this many agents and more, prediction gains more than it risks.
pub const PREDICTIVE_FROM: u32 = 3;

/// What the deadline counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The moment the person picked up.
    Answer,
    /// The end of a greeting that begins with the verdict and lasts so long.
    GreetingEnd(Duration),
    /// The verdict that a person answered.
    Verdict,
}

impl Clock {
    /// How long after the verdict an agent must be on the line, where one must be within `deadline` and the person picked
    /// up so long ago.
    pub fn after_verdict(self, deadline: Duration, since_answer: Duration) -> Duration {
        match self {
            Self::Answer => deadline.saturating_sub(since_answer),
            Self::GreetingEnd(greeting) => greeting + deadline,
            Self::Verdict => deadline,
        }
    }

    /// Whether this one never begins after the other: picked up, judged a person, greeted.
    pub fn is_no_later_than(self, other: Self) -> bool {
        let after = |clock| match clock {
            Self::Answer => None,
            Self::Verdict => Some(Duration::ZERO),
            Self::GreetingEnd(greeting) => Some(greeting),
        };
        after(self) <= after(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_leaves_an_agent_more_time_and_the_moment_of_answering_less() {
        let after =
            |clock: Clock, waited| clock.after_verdict(Duration::from_secs(2), Duration::from_millis(waited));
        assert_eq!(after(Clock::Verdict, 1_200), Duration::from_secs(2));
        assert_eq!(after(Clock::Answer, 1_200), Duration::from_millis(800));
        assert_eq!(after(Clock::Answer, 3_000), Duration::ZERO, "he was judged too late");
        let greeting = Clock::GreetingEnd(Duration::from_secs(3));
        assert_eq!(after(greeting, 1_200), Duration::from_secs(5));
        let order = [Clock::Answer, Clock::Verdict, greeting];
        for (nth, clock) in order.into_iter().enumerate() {
            let no_later = order.map(|other| clock.is_no_later_than(other));
            assert_eq!(no_later, [nth == 0, nth <= 1, true], "{clock:?}");
        }
    }
}
