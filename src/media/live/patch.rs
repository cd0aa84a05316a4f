//! A patch cord between two streams, whatever shards they live on.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::Codec;
use crate::media::FRAME;

/// One end of the cord: frames put in here come out at the other end.
#[derive(Debug)]
pub(in crate::media) struct Patch {
    into: Arc<Mutex<Lane>>,
    out_of: Arc<Mutex<Lane>>,
}

/// Twenty milliseconds of encoded sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::media) struct Frame {
    pub codec: Codec,
    pub bytes: [u8; FRAME],
}

type Lane = VecDeque<Frame>;

impl Patch {
    pub fn pair() -> (Self, Self) {
        let (there, back) = (Arc::default(), Arc::default());
        let one = Self { into: Arc::clone(&there), out_of: Arc::clone(&back) };
        (one, Self { into: back, out_of: there })
    }

    /// Puts a frame in; the oldest falls out where the other side does not keep up.
    pub fn put(&self, frame: Frame) {
        let mut lane = self.into.lock().unwrap_or_else(PoisonError::into_inner);
        if lane.len() == LANE {
            lane.pop_front();
        }
        lane.push_back(frame);
    }

    /// The next frame of the other side.
    pub fn take(&self) -> Option<Frame> {
        self.out_of.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

/// Frames on the way: the two sides' clocks tick up to 20 ms apart, and one may skip a beat.
const LANE: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(n: u8) -> Frame {
        Frame { codec: Codec::Pcma, bytes: [n; FRAME] }
    }

    #[test]
    fn frames_come_out_at_the_other_end_only() {
        let (one, two) = Patch::pair();
        one.put(frame(1));
        two.put(frame(2));
        assert_eq!((one.take(), two.take()), (Some(frame(2)), Some(frame(1))));
        assert_eq!((one.take(), two.take()), (None, None));
    }

    #[test]
    fn a_side_that_does_not_keep_up_hears_the_latest() {
        let (one, two) = Patch::pair();
        for n in 0..10 {
            one.put(frame(n));
        }
        let heard: Vec<_> = std::iter::from_fn(|| two.take()).map(|frame| frame.bytes[0]).collect();
        assert_eq!(heard, [7, 8, 9]);
    }
}
