//! What the far end has said lately, kept for whoever is bridged in.

use std::collections::VecDeque;
use std::time::Duration;

use super::lane::{Frame, is_quiet};

/// The last sounds since the answer, up to a length.
#[derive(Debug)]
pub(in crate::media::live) struct Words {
    most: usize,
    frames: VecDeque<Frame>,
}

impl Words {
    /// Keeps `length` of sound; `None` where that is less than a frame.
    pub fn keep(length: Duration) -> Option<Self> {
        let most = (length.as_millis() / 20) as usize;
        (most > 0).then(|| Self { most, frames: VecDeque::new() })
    }

    /// Forgets what was heard: somebody answered only now.
    pub fn begin(&mut self) {
        self.frames.clear();
    }

    pub fn add(&mut self, frame: Frame) {
        if self.frames.len() == self.most {
            self.frames.pop_front();
        }
        self.frames.push_back(frame);
    }

    /// The words, without the silence before them.
    pub fn said(self) -> impl Iterator<Item = Frame> {
        self.frames.into_iter().skip_while(is_quiet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Codec;
    use crate::media::{FRAME, g711};

    #[test]
    fn the_last_words_are_kept_from_the_first_sound_on() {
        let mut words = Words::keep(Duration::from_millis(100)).expect("five frames");
        let silence = g711::silence(Codec::Pcma);
        for n in [1, 2, silence, silence, 3, silence] {
            words.add(Frame { codec: Codec::Pcma, bytes: [n; FRAME] });
        }
        assert_eq!(
            words.said().map(|frame| frame.bytes[0]).collect::<Vec<_>>(),
            [2, silence, silence, 3, silence]
        );
        assert!(Words::keep(Duration::ZERO).is_none());
    }
}
