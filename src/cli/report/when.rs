//! When a report's period begins or ends.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A day of the house, by its first moment, or a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Day(Date),
    Moment(Timestamp),
}

impl FromStr for When {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        match text.parse::<Timestamp>() {
            Ok(at) => Ok(Self::Moment(at)),
            // A day has no `T`; whoever wrote one is told what is wrong with his moment.
            Err(fault) if text.contains(['T', 't']) => Err(fault),
            Err(_) => text.parse().map(Self::Day),
        }
    }
}

impl When {
    /// The moment on the house's clock.
    pub fn moment(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Day(day) => zone.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX),
            Self::Moment(at) => at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_the_houses_midnight_and_a_moment_is_itself() {
        let moscow = TimeZone::get("Europe/Moscow").expect("a zone");
        let of = |text: &str| text.parse::<When>().map(|when| when.moment(&moscow).to_string());
        assert_eq!(of("2026-12-01").expect("a day"), "2026-11-30T21:00:00Z");
        assert_eq!(of("2026-12-01T00:00:00Z").expect("a moment"), "2026-12-01T00:00:00Z");
        assert!(of("2026-13-01").is_err() && of("2026-12-01T00:00").is_err() && of("soon").is_err());
    }
}
