//! Where a zone's clock stands: the start of its dates, and the next time its clock can show something.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

/// The first instant of `date`: midnight, or the change of the clock that skips it.
pub(super) fn start_of_day(tz: &TimeZone, date: Date) -> Timestamp {
    let midnight = date.to_datetime(Time::midnight());
    let ambiguous = tz.to_ambiguous_timestamp(midnight);
    let skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
    let Ok(start) = ambiguous.compatible() else { return Timestamp::MAX };
    if !skipped {
        return start;
    }
    // `start` lies behind the gap by midnight's place in it; the date began when the clock jumped.
    let jump = tz.preceding(start).next().map(|transition| transition.timestamp());
    jump.filter(|&jump| tz.to_datetime(jump) >= midnight).unwrap_or(start)
}

/// What a clock shows, judged.
pub(super) enum Face {
    Good,
    /// Not before the clock shows this, if nothing sets it.
    LookAgain(DateTime),
}

/// The first time from `at` on at which every zone's clock shows what `judge` finds good, if one is there up to `end`.
///
/// Each step goes to the earlier of what the clock is to show and its next change; so nothing is skipped, whichever
/// way clocks are set.
pub(super) fn first_good<'a>(
    zones: impl Iterator<Item = &'a TimeZone> + Clone,
    mut at: Timestamp,
    end: Timestamp,
    judge: impl Fn(DateTime) -> Face,
) -> Option<Timestamp> {
    while at <= end {
        let steps = zones.clone().map(|tz| match judge(tz.to_datetime(at)) {
            Face::Good => at,
            Face::LookAgain(shown) => when_shown(tz, at, shown),
        });
        let furthest = steps.max().unwrap_or(at);
        if furthest == at {
            return Some(at);
        }
        at = furthest;
    }
    None
}

/// When the clock that runs on from `at` shows `shown`, or is set before that.
fn when_shown(tz: &TimeZone, at: Timestamp, shown: DateTime) -> Timestamp {
    let running_on = tz.to_offset(at).to_timestamp(shown).unwrap_or(Timestamp::MAX);
    match tz.following(at).next() {
        Some(change) if change.timestamp() < running_on => change.timestamp(),
        _ => running_on,
    }
}
