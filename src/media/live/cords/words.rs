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

    /// The words, without the silence before and after them, and with short pauses between.
    pub fn said(mut self) -> impl Iterator<Item = Frame> {
        while self.frames.back().is_some_and(is_quiet) {
            self.frames.pop_back();
        }
        let mut pause = PAUSE;
        self.frames.into_iter().filter(move |frame| {
            pause = if is_quiet(frame) { pause + 1 } else { 0 };
            pause <= PAUSE
        })
    }
}

/// Frames of silence left between words: a tenth of a second.
const PAUSE: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Codec;
    use crate::media::{FRAME, g711};

    #[test]
    fn the_last_words_are_kept_from_the_first_sound_on_with_short_pauses() {
        let mut words = Words::keep(Duration::from_millis(220)).expect("eleven frames");
        let silence = g711::silence(Codec::Pcma);
        for n in [1, silence, 2].into_iter().chain([silence; 7]).chain([3, silence]) {
            words.add(Frame { codec: Codec::Pcma, bytes: [n; FRAME] });
        }
        let said: Vec<u8> = words.said().map(|frame| frame.bytes[0]).collect();
        assert_eq!(said, [2, silence, silence, silence, silence, silence, 3]);
        assert!(Words::keep(Duration::ZERO).is_none());
    }
}
