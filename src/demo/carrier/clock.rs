//! The carrier's clock: a network has a time of its own, apart from the daemon's.

use jiff::Timestamp;
use tokio::time::Instant;

/// For how long.
#[expect(clippy::disallowed_methods, reason = "the carrier is a network of its own and reads its own clock")]
pub fn now() -> Instant {
    Instant::now()
}

/// At what time, for the records.
#[expect(clippy::disallowed_methods, reason = "the carrier's records carry the carrier's time")]
pub fn wall() -> Timestamp {
    Timestamp::now()
}
