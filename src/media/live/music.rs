//! Sound that goes round until it is taken away: what a person on hold hears.

use std::sync::Arc;

use crate::domain::Codec;
use crate::media::{Clip, FRAME};

/// Clips played in a circle.
#[derive(Debug)]
pub(super) struct Music {
    /// None is empty.
    clips: Vec<Arc<Clip>>,
    at: usize,
    offset: usize,
}

impl Music {
    /// `None` where there is nothing to hear.
    pub fn of(clips: Vec<Arc<Clip>>) -> Option<Self> {
        let clips: Vec<_> = clips.into_iter().filter(|clip| clip.samples() > 0).collect();
        (!clips.is_empty()).then_some(Self { clips, at: 0, offset: 0 })
    }

    /// Fills a frame, going from the last clip to the first.
    pub fn fill(&mut self, codec: Codec, mut frame: &mut [u8]) {
        while !frame.is_empty() {
            let rest = &self.clips[self.at].encoded(codec)[self.offset..];
            let length = rest.len().min(frame.len());
            frame[..length].copy_from_slice(&rest[..length]);
            frame = &mut frame[length..];
            self.offset += length;
            if length == rest.len() {
                (self.at, self.offset) = ((self.at + 1) % self.clips.len(), 0);
            }
        }
    }

    /// A frame of it.
    pub fn frame(&mut self, codec: Codec) -> [u8; FRAME] {
        let mut frame = [0; FRAME];
        self.fill(codec, &mut frame);
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn music_goes_round_without_a_gap() {
        let clip = |from: i16, samples: i16| {
            Arc::new(Clip::from_pcm(&(from..from + samples).map(|n| n * 64).collect::<Vec<_>>()))
        };
        let (a, b) = (clip(-100, 90), clip(100, 110));
        let mut music = Music::of(vec![Arc::clone(&a), clip(0, 0), Arc::clone(&b)]).expect("sound");
        let heard: Vec<u8> = (0..10).flat_map(|_| music.frame(Codec::Pcmu)).collect();
        let round = [a.encoded(Codec::Pcmu), b.encoded(Codec::Pcmu)].concat();
        assert_eq!(heard, round.repeat(8));
        assert!(Music::of(vec![clip(0, 0)]).is_none());
    }
}
