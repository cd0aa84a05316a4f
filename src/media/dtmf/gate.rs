//! One press may come as a telephone event, as a SIP INFO and as a sound. It is counted once.

use std::time::{Duration, Instant};

/// The way a key came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DigitSource {
    /// Two tones in the sound (ITU-T Q.23).
    InBand,
    /// A SIP INFO request.
    Info,
    /// A telephone event (RFC 4733).
    TelephoneEvent,
}

/// Matches the presses that different ways report. Each way tells a press once, in order; so a press is new unless
/// another way has told of an equal one lately, for which this way has not spoken yet.
#[derive(Clone, Debug, Default)]
pub struct DigitGate {
    /// The latest presses, oldest first; the unused are `None`.
    presses: [Option<Press>; KEPT],
}

#[derive(Clone, Copy, Debug)]
struct Press {
    digit: char,
    at: Instant,
    told_by: [bool; 3],
}

impl DigitGate {
    /// Whether this report is a new press.
    pub fn admit(&mut self, now: Instant, digit: char, source: DigitSource) -> bool {
        let way = source as usize;
        let lag = if source == DigitSource::Info { LAG_OF_INFO } else { LAG };
        let twin = self.presses.iter_mut().flatten().find(|press| {
            press.digit == digit && now.saturating_duration_since(press.at) < lag && !press.told_by[way]
        });
        if let Some(press) = twin {
            press.told_by[way] = true;
            return false;
        }
        let mut press = Press { digit, at: now, told_by: [false; 3] };
        press.told_by[way] = true;
        self.presses.rotate_left(1);
        self.presses[KEPT - 1] = Some(press);
        true
    }
}

/// The farthest a tone or an event lags behind another way.
const LAG: Duration = Duration::from_millis(800);
/// INFO may be sent when the key is released, and be lost once or twice on its way (RFC 3261 section 17.1.2.2).
const LAG_OF_INFO: Duration = Duration::from_millis(2500);
/// Nobody presses more keys within the lag.
const KEPT: usize = 8;

#[cfg(test)]
mod tests {
    use super::DigitSource::{InBand, Info, TelephoneEvent};
    use super::*;
    use crate::media::clock::Clock;

    fn counted(reports: &[(u64, char, DigitSource)]) -> String {
        let start = Clock::start().now();
        let mut gate = DigitGate::default();
        let at = |ms| start + Duration::from_millis(ms);
        reports
            .iter()
            .filter(|(ms, digit, source)| gate.admit(at(*ms), *digit, *source))
            .map(|r| r.1)
            .collect()
    }

    #[test]
    fn a_press_told_three_ways_counts_once() {
        assert_eq!(counted(&[(0, '1', TelephoneEvent), (30, '1', InBand), (300, '1', Info)]), "1");
    }

    #[test]
    fn two_quick_presses_told_two_ways_count_twice() {
        let reports =
            [(0, '1', InBand), (20, '1', TelephoneEvent), (150, '1', InBand), (170, '1', TelephoneEvent)];
        assert_eq!(counted(&reports), "11");
    }

    #[test]
    fn a_lagging_way_is_matched_press_by_press() {
        let reports = [(0, '1', InBand), (150, '1', InBand), (400, '1', Info), (550, '1', Info)];
        assert_eq!(counted(&reports), "11");
    }

    #[test]
    fn one_way_alone_is_never_merged() {
        assert_eq!(counted(&[(0, '5', Info), (60, '5', Info), (120, '6', Info)]), "556");
    }

    #[test]
    fn info_that_comes_when_a_long_press_is_released_or_sent_again_counts_no_second_time() {
        assert_eq!(counted(&[(0, '9', TelephoneEvent), (1050, '9', Info)]), "9");
        assert_eq!(
            counted(&[(0, '4', InBand), (950, '4', Info), (1500, '4', InBand), (2450, '4', Info)]),
            "44"
        );
        assert_eq!(counted(&[(0, '4', InBand), (2600, '4', Info)]), "44");
    }

    #[test]
    fn an_equal_key_long_after_is_a_new_press() {
        assert_eq!(counted(&[(0, '9', TelephoneEvent), (2000, '9', InBand)]), "99");
    }
}
