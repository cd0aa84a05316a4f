//! What a shard has done, counted for the metrics.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counters of one shard, written by its thread alone and read by anyone.
#[derive(Debug)]
pub(in crate::media) struct Figures {
    streams: AtomicU64,
    sent: AtomicU64,
    unsent: AtomicU64,
    received: AtomicU64,
    skipped: AtomicU64,
    late: [AtomicU64; BUCKETS],
    latest_us: AtomicU64,
}

/// A reading of a shard's counters, all since its start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardFigures {
    /// Streams open now.
    pub streams: u64,
    /// RTP packets sent.
    pub sent: u64,
    /// RTP packets the kernel did not take.
    pub unsent: u64,
    /// Datagrams received on RTP ports.
    pub received: u64,
    /// Periods of 20 ms left out because the thread could not keep up.
    pub skipped: u64,
    /// Packets by how late after their sub-tick they left: bucket `n` holds those under 2^n × 16 µs, the last one the
    /// rest.
    pub late: [u64; BUCKETS],
    /// The latest of all.
    pub latest: Duration,
}

/// Buckets up to 16 µs × 2^13, 131 ms, and the rest.
pub const BUCKETS: usize = 15;

impl ShardFigures {
    /// An upper bound of the lateness that a share of the packets (0..=1) kept.
    pub fn late_at_most(&self, share: f64) -> Duration {
        let wanted = (self.late.iter().sum::<u64>() as f64 * share).ceil() as u64;
        let mut seen = 0;
        for (n, count) in self.late.iter().enumerate() {
            seen += count;
            if seen >= wanted && n < BUCKETS - 1 {
                return Duration::from_micros(16 << n).min(self.latest);
            }
        }
        self.latest
    }
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            streams: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            unsent: AtomicU64::new(0),
            received: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
            late: std::array::from_fn(|_| AtomicU64::new(0)),
            latest_us: AtomicU64::new(0),
        }
    }
}

impl Figures {
    pub fn streams(&self, count: usize) {
        self.streams.store(count as u64, Ordering::Relaxed);
    }

    pub fn sent(&self, late: Duration) {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let us = late.as_micros() as u64;
        let bucket = (u64::BITS - (us / 16).leading_zeros()) as usize;
        self.late[bucket.min(BUCKETS - 1)].fetch_add(1, Ordering::Relaxed);
        self.latest_us.fetch_max(us, Ordering::Relaxed);
    }

    pub fn unsent(&self) {
        self.unsent.fetch_add(1, Ordering::Relaxed);
    }

    pub fn received(&self, count: u64) {
        self.received.fetch_add(count, Ordering::Relaxed);
    }

    pub fn skipped(&self, periods: u64) {
        self.skipped.fetch_add(periods, Ordering::Relaxed);
    }

    pub fn read(&self) -> ShardFigures {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        ShardFigures {
            streams: read(&self.streams),
            sent: read(&self.sent),
            unsent: read(&self.unsent),
            received: read(&self.received),
            skipped: read(&self.skipped),
            late: std::array::from_fn(|n| read(&self.late[n])),
            latest: Duration::from_micros(read(&self.latest_us)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_is_told_as_a_bound_that_a_share_kept() {
        let figures = Figures::default();
        for us in [10, 20, 30, 3000] {
            figures.sent(Duration::from_micros(us));
        }
        let read = figures.read();
        assert_eq!(read.late_at_most(0.25), Duration::from_micros(16));
        assert_eq!(read.late_at_most(0.75), Duration::from_micros(32));
        assert_eq!(read.late_at_most(1.0), Duration::from_micros(3000));
        assert_eq!(read.sent, 4);
    }
}
