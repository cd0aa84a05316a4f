//! What arrived and what did not: sequence numbers, loss and jitter (RFC 3550 sections A.1, A.3, A.8).

use std::time::Duration;

/// The reception of one far end, over every SSRC it used.
#[derive(Clone, Debug, Default)]
pub(in crate::media) struct Reception {
    current: Option<Flow>,
    /// Sums of SSRCs that were replaced.
    before: Sums,
    /// At the last report, for the fraction lost since.
    reported: Sums,
}

/// Packets counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::media) struct Sums {
    pub expected: u64,
    pub received: u64,
}

#[derive(Clone, Debug)]
struct Flow {
    ssrc: u32,
    base: u32,
    /// The highest sequence number, with the wraps above its 16 bits.
    highest: u32,
    received: u64,
    /// In timestamp units × 16, as A.8 keeps it.
    jitter: u32,
    transit: Option<u32>,
}

/// The numbers of one report block (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::media) struct Block {
    pub ssrc: u32,
    pub fraction_lost: u8,
    pub lost: u32,
    pub highest: u32,
    pub jitter: u32,
}

impl Reception {
    /// Counts a packet. `arrived`: any steady clock.
    pub fn count(&mut self, ssrc: u32, sequence: u16, timestamp: u32, arrived: Duration) {
        if let Some(flow) = self.current.as_mut().filter(|flow| flow.ssrc == ssrc) {
            flow.count(sequence);
            flow.measure(timestamp, arrived);
            return;
        }
        self.before = self.sums();
        let base = u32::from(sequence);
        let mut flow = Flow { ssrc, base, highest: base, received: 1, jitter: 0, transit: None };
        flow.measure(timestamp, arrived);
        self.current = Some(flow);
    }

    pub fn sums(&self) -> Sums {
        let (expected, received) = match &self.current {
            Some(flow) => (u64::from(flow.highest.wrapping_sub(flow.base)) + 1, flow.received),
            None => (0, 0),
        };
        Sums { expected: self.before.expected + expected, received: self.before.received + received }
    }

    pub fn jitter(&self) -> Duration {
        let units = self.current.as_ref().map_or(0, |flow| flow.jitter >> 4);
        Duration::from_micros(u64::from(units) * 125)
    }

    /// The next report's block; the fraction lost counts from the block before.
    pub fn block(&mut self) -> Option<Block> {
        let now = self.sums();
        let expected = now.expected.saturating_sub(self.reported.expected);
        let received = now.received.saturating_sub(self.reported.received);
        let lost_since = expected.saturating_sub(received);
        self.reported = now;
        let flow = self.current.as_ref()?;
        Some(Block {
            ssrc: flow.ssrc,
            fraction_lost: (lost_since << 8).checked_div(expected).map_or(0, |share| share.min(255) as u8),
            lost: now.lost().min(MOST_LOST) as u32,
            highest: flow.highest,
            jitter: flow.jitter >> 4,
        })
    }
}

impl Sums {
    pub fn lost(self) -> u64 {
        self.expected.saturating_sub(self.received)
    }
}

impl Flow {
    fn count(&mut self, sequence: u16) {
        self.received += 1;
        let ahead = sequence.wrapping_sub(self.highest as u16);
        if ahead < BIG_STEP {
            self.highest = self.highest.wrapping_add(u32::from(ahead));
        } else if ahead.wrapping_neg() > BIG_STEP {
            // A far jump with the SSRC kept: the sender has started anew (A.1).
            let expected = self.highest.wrapping_sub(self.base);
            self.highest = u32::from(sequence) | (self.highest & 0xffff_0000);
            self.base = self.highest.wrapping_sub(expected).wrapping_sub(1);
        }
    }

    fn measure(&mut self, timestamp: u32, arrived: Duration) {
        let arrived = (arrived.as_micros() / 125) as u32;
        let transit = arrived.wrapping_sub(timestamp);
        if let Some(before) = self.transit.replace(transit) {
            let moved = (transit.wrapping_sub(before) as i32).unsigned_abs();
            // A jump of the timestamp is no jitter.
            if moved < 8000 {
                self.jitter = self.jitter + moved - ((self.jitter + 8) >> 4);
            }
        }
    }
}

/// Steps below are losses, steps back below are disorder (a third of A.1's dropouts, for streams of 50 a second).
const BIG_STEP: u16 = 1000;
/// The field has 24 bits, signed.
const MOST_LOST: u64 = 0x7f_ffff;

#[cfg(test)]
mod tests {
    use super::*;

    fn reception(sequences: &[u16]) -> Reception {
        let mut reception = Reception::default();
        for (n, sequence) in sequences.iter().enumerate() {
            let at = Duration::from_millis(20 * n as u64);
            reception.count(7, *sequence, n as u32 * 160, at);
        }
        reception
    }

    #[test]
    fn a_gap_is_loss_and_disorder_is_not() {
        assert_eq!(reception(&[1, 2, 5, 4]).sums(), Sums { expected: 5, received: 4 });
    }

    #[test]
    fn the_sequence_wraps() {
        let reception = reception(&[65534, 65535, 0, 1, 3]);
        assert_eq!(reception.sums(), Sums { expected: 6, received: 5 });
    }

    #[test]
    fn a_sender_that_starts_anew_loses_nothing() {
        assert_eq!(reception(&[100, 101, 30000, 30001]).sums(), Sums { expected: 4, received: 4 });
        let mut reception = reception(&[100, 101]);
        reception.count(8, 5, 0, Duration::ZERO);
        assert_eq!(reception.sums(), Sums { expected: 3, received: 3 });
    }

    #[test]
    fn the_fraction_lost_counts_since_the_last_block() {
        let mut reception = reception(&[0, 1, 3]);
        assert_eq!(reception.block().map(|b| (b.fraction_lost, b.lost)), Some((64, 1)));
        reception.count(7, 4, 640, Duration::from_millis(80));
        assert_eq!(reception.block().map(|b| (b.fraction_lost, b.lost, b.highest)), Some((0, 1, 4)));
    }

    #[test]
    fn steady_packets_have_no_jitter_and_unsteady_ones_have_it() {
        assert_eq!(reception(&[1, 2, 3, 4]).jitter(), Duration::ZERO);
        let mut reception = Reception::default();
        for n in 0..200u64 {
            let late = if n % 2 == 0 { 0 } else { 4 };
            reception.count(7, n as u16, n as u32 * 160, Duration::from_millis(20 * n + late));
        }
        let jitter = reception.jitter();
        assert!((3.5..4.5).contains(&(jitter.as_secs_f64() * 1e3)), "{jitter:?}");
    }
}
