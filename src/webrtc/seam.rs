//! One RTP stream sewn together from what several sources send one after another: a browser, music, the browser again.

use std::time::Instant;

use super::packet::{FRAME, Packet};

/// Keeps numbers and times going on where the last source left them (RFC 3550 section 5.1), so that the receiver takes all
/// for one source. What a source loses stays lost.
#[derive(Debug)]
pub(super) struct Seam {
    ssrc: u32,
    /// What comes next if nothing is lost.
    sequence: u16,
    timestamp: u32,
    /// From the present source's numbers to ours; `None`: its first packet is still to come.
    shift: Option<(u16, u32)>,
    last: Option<Instant>,
}

impl Seam {
    pub fn new(ssrc: u32, sequence: u16, timestamp: u32) -> Self {
        Self { ssrc, sequence, timestamp, shift: None, last: None }
    }

    /// Another source begins.
    pub fn cut(&mut self) {
        self.shift = None;
    }

    /// The datagram for a packet of the present source.
    pub fn pass(&mut self, now: Instant, packet: &Packet<'_>) -> Option<Vec<u8>> {
        let begins = self.shift.is_none();
        let (sequence, timestamp) = match self.shift {
            Some((by, later)) => (packet.sequence.wrapping_add(by), packet.timestamp.wrapping_add(later)),
            None => (self.sequence, self.timestamp.wrapping_add(self.pause(now))),
        };
        if begins {
            let by = sequence.wrapping_sub(packet.sequence);
            self.shift = Some((by, timestamp.wrapping_sub(packet.timestamp)));
        }
        // One that was overtaken does not turn the count back.
        if sequence.wrapping_sub(self.sequence) < HALF {
            self.sequence = sequence.wrapping_add(1);
            self.timestamp = timestamp.wrapping_add(packet.sound.len() as u32);
            self.last = Some(now);
        }
        Packet { marker: packet.marker || begins, sequence, timestamp, sound: packet.sound }.write(self.ssrc)
    }

    /// For how many samples nothing was sent when another source begins.
    fn pause(&self, now: Instant) -> u32 {
        let silent = self.last.map_or(0, |last| now.saturating_duration_since(last).as_millis());
        let samples = u32::try_from(silent).unwrap_or(u32::MAX).saturating_mul(8);
        samples.saturating_sub(FRAME as u32)
    }
}

const HALF: u16 = 1 << 15;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[expect(clippy::disallowed_methods, reason = "any instant will do")]
    fn start() -> Instant {
        Instant::now()
    }

    fn numbers(bytes: &[u8]) -> (u16, u32, bool) {
        let packet = Packet::read(bytes).expect("sound");
        (packet.sequence, packet.timestamp, packet.marker)
    }

    #[test]
    fn sources_follow_one_another_without_a_break_and_a_loss_stays_a_loss() {
        let now = start();
        let mut seam = Seam::new(1, 65_534, u32::MAX - 159);
        let pass = |seam: &mut Seam, ms: u64, sequence, timestamp| {
            let packet = Packet { marker: false, sequence, timestamp, sound: &[0; FRAME] };
            numbers(&seam.pass(now + Duration::from_millis(ms), &packet).expect("it fits"))
        };
        assert_eq!(pass(&mut seam, 0, 7, 1_000), (65_534, u32::MAX - 159, true));
        assert_eq!(pass(&mut seam, 20, 8, 1_160), (65_535, 0, false));
        assert_eq!(pass(&mut seam, 60, 10, 1_480), (1, 320, false), "one is lost");
        assert_eq!(pass(&mut seam, 61, 9, 1_320), (0, 160, false), "or came late");
        seam.cut();
        assert_eq!(pass(&mut seam, 80, 50_000, 9), (2, 480, true));
        seam.cut();
        let (sequence, timestamp, _) = pass(&mut seam, 1_080, 3, 3);
        assert_eq!((sequence, timestamp), (3, 640 + 7_840), "a second of nothing");
    }
}
