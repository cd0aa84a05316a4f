//! The one place in the engine that reads a clock.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A steady clock that also knows the wall time it started at, for RTCP.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    started: Instant,
    /// Since 1970, at the start.
    wall: Duration,
}

impl Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the media tick is one of the two places that read the clock"
    )]
    pub fn start() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), wall }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the media tick is one of the two places that read the clock"
    )]
    pub fn now(self) -> Instant {
        Instant::now()
    }

    /// An instant as an NTP timestamp: seconds since 1900 in 32.32 fixed point (RFC 3550 section 4).
    pub fn ntp(self, at: Instant) -> u64 {
        let since_1970 = self.wall + at.saturating_duration_since(self.started);
        let seconds = (since_1970.as_secs() + SECONDS_1900_TO_1970) & u64::from(u32::MAX);
        (seconds << 32) | ((u64::from(since_1970.subsec_nanos()) << 32) / 1_000_000_000)
    }
}

const SECONDS_1900_TO_1970: u64 = 2_208_988_800;
