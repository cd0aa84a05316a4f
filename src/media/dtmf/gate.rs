//! One press may come as a telephone event, as a SIP INFO in either of two bodies and as a sound. It is counted once.

use std::time::{Duration, Instant};

use crate::domain::InfoBody;

/// The way a key came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DigitSource {
    /// Two tones in the sound (ITU-T Q.23).
    InBand,
    /// A SIP INFO request.
    Info(InfoBody),
    /// A telephone event (RFC 4733).
    TelephoneEvent,
}

impl DigitSource {
    /// Its place among the ways.
    fn way(self) -> usize {
        match self {
            Self::InBand => 0,
            Self::Info(InfoBody::Dtmf) => 1,
            Self::Info(InfoBody::DtmfRelay) => 2,
            Self::TelephoneEvent => 3,
        }
    }
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
    told_by: [bool; WAYS],
}

impl DigitGate {
    /// Whether this report is a new press.
    pub fn admit(&mut self, now: Instant, digit: char, source: DigitSource) -> bool {
        let way = source.way();
        let lag = if matches!(source, DigitSource::Info(_)) { LAG_OF_INFO } else { LAG };
        let twin = self.presses.iter_mut().flatten().find(|press| {
            press.digit == digit && now.saturating_duration_since(press.at) < lag && !press.told_by[way]
        });
        if let Some(press) = twin {
            press.told_by[way] = true;
            return false;
        }
        let mut press = Press { digit, at: now, told_by: [false; WAYS] };
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
const WAYS: usize = 4;

#[cfg(test)]
mod tests {
    use super::DigitSource::{InBand, TelephoneEvent};
    use super::*;
    use crate::media::clock::Clock;

    const INFO: DigitSource = DigitSource::Info(InfoBody::Dtmf);
    const RELAY: DigitSource = DigitSource::Info(InfoBody::DtmfRelay);

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
        assert_eq!(counted(&[(0, '1', TelephoneEvent), (30, '1', InBand), (300, '1', INFO)]), "1");
    }

    #[test]
    fn a_press_told_by_two_bodies_of_info_counts_once_and_each_of_two_presses_does() {
        assert_eq!(counted(&[(0, '1', RELAY), (160, '1', INFO)]), "1");
        assert_eq!(counted(&[(0, '1', TelephoneEvent), (100, '1', INFO), (260, '1', RELAY)]), "1");
        assert_eq!(counted(&[(0, '1', RELAY), (160, '1', INFO), (600, '1', RELAY), (760, '1', INFO)]), "11");
        assert_eq!(counted(&[(0, '1', RELAY), (200, '1', RELAY), (210, '1', INFO), (400, '1', INFO)]), "11");
        assert_eq!(counted(&[(0, '5', RELAY), (160, '6', INFO)]), "56");
    }

    #[test]
    fn two_quick_presses_told_two_ways_count_twice() {
        let reports =
            [(0, '1', InBand), (20, '1', TelephoneEvent), (150, '1', InBand), (170, '1', TelephoneEvent)];
        assert_eq!(counted(&reports), "11");
    }

    #[test]
    fn a_lagging_way_is_matched_press_by_press() {
        let reports = [(0, '1', InBand), (150, '1', InBand), (400, '1', INFO), (550, '1', INFO)];
        assert_eq!(counted(&reports), "11");
    }

    #[test]
    fn one_way_alone_is_never_merged() {
        assert_eq!(counted(&[(0, '5', INFO), (60, '5', INFO), (120, '6', INFO)]), "556");
    }

    #[test]
    fn info_that_comes_when_a_long_press_is_released_or_sent_again_counts_no_second_time() {
        assert_eq!(counted(&[(0, '9', TelephoneEvent), (1050, '9', INFO)]), "9");
        assert_eq!(
            counted(&[(0, '4', InBand), (950, '4', INFO), (1500, '4', InBand), (2450, '4', INFO)]),
            "44"
        );
        assert_eq!(counted(&[(0, '4', InBand), (2600, '4', INFO)]), "44");
    }

    #[test]
    fn an_equal_key_long_after_is_a_new_press() {
        assert_eq!(counted(&[(0, '9', TelephoneEvent), (2000, '9', InBand)]), "99");
    }
}
