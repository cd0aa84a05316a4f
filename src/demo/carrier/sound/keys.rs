//! Keys as telephone events (RFC 4733): what the next packets of a press are.

use std::collections::VecDeque;

/// Frames a key is held: 140 ms, a quick human press.
const HELD: u16 = 7;
/// Frames between two keys: 160 ms.
const BETWEEN: u16 = 8;
/// The last packet of an event goes three times (RFC 4733 section 2.5.1.4).
const ENDS: usize = 3;

/// Keys that wait to be pressed, one after another.
#[derive(Debug, Default)]
pub struct Keys {
    waiting: VecDeque<u8>,
    /// The key that is down: its event code, when it went down, for how many frames.
    down: Option<(u8, u32, u16)>,
    rest: u16,
}

/// One event packet to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    pub first: bool,
    /// The RTP timestamp: that of the press.
    pub timestamp: u32,
    pub payload: [u8; 4],
}

impl Keys {
    /// Adds keys of `0`–`9`, `*`, `#`, `A`–`D`; anything else is no key and is left out.
    pub fn press(&mut self, keys: &str) {
        self.waiting
            .extend(keys.chars().filter_map(|key| "0123456789*#ABCD".find(key)).map(|code| code as u8));
    }

    /// Whether every key was pressed and let go.
    pub fn idle(&self) -> bool {
        self.waiting.is_empty() && self.down.is_none() && self.rest == 0
    }

    /// The event packets of the frame at `timestamp`; empty when the frame carries sound.
    pub fn frame(&mut self, timestamp: u32) -> Vec<Event> {
        if self.down.is_none() {
            if self.rest > 0 {
                self.rest -= 1;
                return Vec::new();
            }
            self.down = self.waiting.pop_front().map(|code| (code, timestamp, 0));
        }
        let Some((code, since, frames)) = &mut self.down else { return Vec::new() };
        *frames += 1;
        let ended = *frames == HELD;
        let [high, low] = (*frames * 160).to_be_bytes();
        let payload = [*code, if ended { 0x8a } else { 0x0a }, high, low];
        let event = Event { first: *frames == 1, timestamp: *since, payload };
        if !ended {
            return vec![event];
        }
        self.down = None;
        self.rest = BETWEEN;
        vec![event; ENDS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_event_that_grows_and_ends_three_times() {
        let mut keys = Keys::default();
        keys.press("#x1");
        let mut sent = Vec::new();
        for n in 0..40 {
            sent.extend(keys.frame(1000 + n * 160));
        }
        assert!(keys.idle());
        let pound: Vec<_> = sent.iter().filter(|e| e.payload[0] == 11).collect();
        assert_eq!(pound.len(), usize::from(HELD) - 1 + ENDS);
        assert!(pound[0].first && pound.iter().all(|e| e.timestamp == 1000));
        assert_eq!(pound.last().map(|e| e.payload), Some([11, 0x8a, 4, 96]));
        let one = sent.iter().find(|e| e.payload[0] == 1).expect("the second key");
        assert_eq!(one.timestamp, 1000 + u32::from(HELD + BETWEEN) * 160);
    }
}
