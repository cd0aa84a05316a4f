//! One way of sound between two streams, whatever shards they live on.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::Codec;
use crate::media::{FRAME, g711};

/// Twenty milliseconds of encoded sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::media) struct Frame {
    pub codec: Codec,
    pub bytes: [u8; FRAME],
}

/// A queue of frames and keys; one stream puts in, one takes out.
#[derive(Clone, Debug, Default)]
pub(in crate::media) struct Lane(Arc<Mutex<Queue>>);

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<Frame>,
    /// RFC 4733 codes of keys pressed.
    keys: VecDeque<u8>,
    /// More waits than is under way: pauses are left out until the taker is level again.
    behind: bool,
    /// Takes in a row after which a frame still waited.
    waited: u8,
}

impl Lane {
    /// Puts a frame in; the oldest falls out where the taker does not keep up.
    pub fn put(&self, frame: Frame) {
        let mut queue = self.lock();
        if queue.behind {
            let full = queue.frames.len() >= MOST_BEHIND;
            if !full && !is_quiet(&frame) {
                queue.frames.push_back(frame);
            }
            return;
        }
        if queue.frames.len() == UNDER_WAY {
            queue.frames.pop_front();
        }
        queue.frames.push_back(frame);
    }

    /// Lets the taker begin with what was said before.
    pub fn begin_with(&self, words: impl Iterator<Item = Frame>) {
        let mut queue = self.lock();
        queue.frames.extend(words.take(MOST_BEHIND));
        queue.behind = queue.frames.len() > 1;
    }

    pub fn press(&self, code: u8) {
        let mut queue = self.lock();
        if queue.keys.len() < KEYS {
            queue.keys.push_back(code);
        }
    }

    /// The next frame, and the keys pressed meanwhile.
    pub fn take(&self, mut pressed: impl FnMut(u8)) -> Option<Frame> {
        let mut queue = self.lock();
        queue.keys.drain(..).for_each(&mut pressed);
        let frame = queue.frames.pop_front();
        let level = queue.frames.is_empty();
        queue.behind &= !level;
        queue.waited = if level || queue.behind { 0 } else { queue.waited + 1 };
        if queue.waited == WAITED {
            // The two sides' turns have shifted: what waits longer than it must only delays.
            queue.waited = 0;
            queue.frames.pop_front();
        }
        frame
    }

    /// Lets a turn pass in which something else is heard: what the taker is behind with waits, the rest is over.
    pub fn pass(&self, pressed: impl FnMut(u8)) {
        if !self.lock().behind {
            self.take(pressed);
        }
    }

    /// The other end is gone.
    pub fn is_cut(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nobody speaks in it.
pub(super) fn is_quiet(frame: &Frame) -> bool {
    let loud = |sample: i16| u32::from(sample.unsigned_abs());
    g711::decode_frame(frame.codec, &frame.bytes).map(loud).iter().sum::<u32>() < QUIET * FRAME as u32
}

/// Frames on the way: the two sides' clocks tick up to 20 ms apart, and one may skip a beat.
const UNDER_WAY: usize = 3;
/// Three seconds of words said before.
const MOST_BEHIND: usize = 150;
const KEYS: usize = 32;
/// A second.
const WAITED: u8 = 50;
/// Mean absolute sample, about -45 dBm0: a room, not a word.
const QUIET: u32 = 130;

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(n: u8) -> Frame {
        Frame { codec: Codec::Pcma, bytes: [n; FRAME] }
    }

    fn taken(lane: &Lane) -> Vec<u8> {
        std::iter::from_fn(|| lane.take(|_| {})).map(|frame| frame.bytes[0]).collect()
    }

    #[test]
    fn a_side_that_does_not_keep_up_hears_the_latest() {
        let lane = Lane::default();
        (0..10).for_each(|n| lane.put(frame(n)));
        assert_eq!(taken(&lane), [7, 8, 9]);
    }

    #[test]
    fn words_said_before_come_first_and_pauses_are_left_out_until_the_taker_is_level() {
        let (lane, silence) = (Lane::default(), g711::silence(Codec::Pcma));
        lane.begin_with([frame(1), frame(2), frame(3)].into_iter());
        let mut heard = Vec::new();
        for n in [10, silence, silence, 11, silence, silence, silence] {
            lane.put(frame(n));
            heard.extend(lane.take(|_| {}).map(|frame| frame.bytes[0]));
        }
        assert_eq!(heard, [1, 2, 3, 10, 11, silence, silence]);
    }

    #[test]
    fn words_wait_while_a_beep_sounds_and_later_sound_passes_by() {
        let lane = Lane::default();
        lane.begin_with([frame(1), frame(2)].into_iter());
        lane.pass(|_| {});
        assert_eq!(taken(&lane), [1, 2]);
        lane.put(frame(3));
        lane.pass(|_| {});
        assert!(taken(&lane).is_empty());
    }

    #[test]
    fn a_frame_that_waits_for_a_second_is_left_out() {
        let lane = Lane::default();
        lane.put(frame(0));
        for n in 0..60 {
            lane.put(frame(n));
            lane.take(|_| {});
        }
        assert!(taken(&lane).is_empty());
    }

    #[test]
    fn keys_are_taken_with_the_sound() {
        let (lane, mut keys) = (Lane::default(), Vec::new());
        lane.press(1);
        lane.press(11);
        assert_eq!(lane.take(|code| keys.push(code)), None);
        assert_eq!(keys, [1, 11]);
    }
}
