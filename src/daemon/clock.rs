//! The only place that asks what time it is.

use std::time::Instant;

use jiff::Timestamp;

/// The daemon's two clocks: one that only runs, for "how long", and the wall's, for "what time is it".
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock;

impl Clock {
    /// The running clock. It is tokio's, so that a test can stop it.
    #[expect(
        clippy::disallowed_methods,
        reason = "the daemon owns the clock; everything else is handed the time"
    )]
    pub fn now(self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    /// The time of day, UTC.
    #[expect(
        clippy::disallowed_methods,
        reason = "the daemon owns the clock; everything else is handed the time"
    )]
    pub fn wall(self) -> Timestamp {
        Timestamp::now()
    }
}
