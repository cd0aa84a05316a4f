//! What the sums are counted by.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::cell::{date_of, day_of};
use crate::stats::Windows;

/// How long each channel is believed, and whose days the sums are of: a house's day begins at its own midnight, so that
/// a report of a day or a month is read from sums alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    pub windows: Windows,
    pub zone: TimeZone,
}

impl Default for Basis {
    fn default() -> Self {
        let windows = Windows { otherwise: SignedDuration::from_hours(30 * 24), by_channel: Vec::new() };
        Self { windows, zone: TimeZone::get("Europe/Moscow").unwrap_or(TimeZone::UTC) }
    }
}

impl Basis {
    /// The house's day of a moment, in days since 1970.
    pub fn day(&self, at: Timestamp) -> i64 {
        day_of(at, &self.zone)
    }

    /// The first moment of a day.
    pub fn begins(&self, day: i64) -> Timestamp {
        // Only the last days that a calendar has are no moment of it.
        self.zone.to_timestamp(date_of(day).at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_the_houses_midnight() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a timestamp");
        let moscow = Basis::default();
        let day = moscow.day(at("2026-03-03T21:00:00Z"));
        assert_eq!(moscow.day(at("2026-03-03T20:59:59Z")), day - 1);
        assert_eq!(moscow.begins(day), at("2026-03-03T21:00:00Z"));
        let berlin = Basis { zone: TimeZone::get("Europe/Berlin").expect("a zone"), ..moscow };
        // A day of 23 hours.
        let short = berlin.day(at("2026-03-29T10:00:00Z"));
        assert_eq!(berlin.begins(short), at("2026-03-28T23:00:00Z"));
        assert_eq!(berlin.begins(short + 1), at("2026-03-29T22:00:00Z"));
    }
}
