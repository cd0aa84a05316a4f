//! Prompts in play, byte for byte one after another.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::domain::Codec;
use crate::media::{Clip, FRAME, PlayId};

/// The queue of one stream's prompts. Frames are cut across the joints of clips and of prompts, so that no joint
/// is heard.
#[derive(Debug, Default)]
pub(super) struct Player {
    prompts: VecDeque<Prompt>,
}

#[derive(Debug)]
struct Prompt {
    id: PlayId,
    clips: Vec<Arc<Clip>>,
    /// The clip that plays, and its next sample.
    at: usize,
    offset: usize,
    sent: usize,
    samples: usize,
}

/// A prompt that has ended, and the share of it that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    pub id: PlayId,
    pub percent: u8,
}

impl Player {
    pub fn queue(&mut self, id: PlayId, clips: Vec<Arc<Clip>>) {
        let samples = clips.iter().map(|clip| clip.samples()).sum();
        self.prompts.push_back(Prompt { id, clips, at: 0, offset: 0, sent: 0, samples });
    }

    /// No prompt is left.
    pub fn is_idle(&self) -> bool {
        self.prompts.is_empty()
    }

    /// Fills a frame; tells each prompt that ends in it. What is left of the frame stays as it was.
    /// Whether any sound was put in.
    pub fn fill(&mut self, codec: Codec, frame: &mut [u8; FRAME], mut ended: impl FnMut(Ended)) -> bool {
        let mut filled = 0;
        while let Some(prompt) = self.prompts.front_mut() {
            filled += prompt.copy(codec, &mut frame[filled..]);
            if prompt.at < prompt.clips.len() {
                break;
            }
            ended(Ended { id: prompt.id, percent: 100 });
            self.prompts.pop_front();
        }
        filled > 0
    }

    /// Ends every prompt where it is.
    pub fn stop(&mut self) -> impl Iterator<Item = Ended> {
        std::mem::take(&mut self.prompts).into_iter().map(|prompt| {
            let percent = (prompt.sent * 100).checked_div(prompt.samples).unwrap_or(0) as u8;
            Ended { id: prompt.id, percent }
        })
    }
}

impl Prompt {
    /// Copies as much as fits, going from clip to clip; gives the number of samples.
    fn copy(&mut self, codec: Codec, mut into: &mut [u8]) -> usize {
        let room = into.len();
        while let Some(clip) = self.clips.get(self.at) {
            let rest = &clip.encoded(codec)[self.offset..];
            let length = rest.len().min(into.len());
            into[..length].copy_from_slice(&rest[..length]);
            into = &mut into[length..];
            self.offset += length;
            self.sent += length;
            if length < rest.len() {
                break;
            }
            self.at += 1;
            self.offset = 0;
        }
        room - into.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clip(from: i16, samples: usize) -> Arc<Clip> {
        let pcm: Vec<i16> = (0..samples).map(|n| (from + n as i16) * 64).collect();
        Arc::new(Clip::from_pcm(&pcm))
    }

    fn play(player: &mut Player) -> (Vec<u8>, Vec<Ended>) {
        let (mut sound, mut ends) = (Vec::new(), Vec::new());
        while !player.prompts.is_empty() {
            let mut frame = [0xd5; FRAME];
            player.fill(Codec::Pcma, &mut frame, |ended| ends.push(ended));
            sound.extend(frame);
        }
        (sound, ends)
    }

    #[test]
    fn clips_and_prompts_follow_without_a_gap_and_the_last_frame_is_filled_with_silence() {
        let (a, b, c) = (clip(-200, 101), clip(0, 259), clip(90, 50));
        let mut player = Player::default();
        player.queue(PlayId(1), vec![Arc::clone(&a), Arc::clone(&b)]);
        player.queue(PlayId(2), vec![Arc::clone(&c)]);
        let (sound, ends) = play(&mut player);
        let mut expected: Vec<u8> =
            [a, b, c].iter().flat_map(|clip| clip.encoded(Codec::Pcma).to_vec()).collect();
        expected.resize(480, 0xd5);
        assert_eq!(sound, expected);
        assert_eq!(ends, [Ended { id: PlayId(1), percent: 100 }, Ended { id: PlayId(2), percent: 100 }]);
    }

    #[test]
    fn a_stopped_prompt_tells_how_much_was_sent() {
        let mut player = Player::default();
        player.queue(PlayId(1), vec![clip(0, 320)]);
        player.queue(PlayId(2), vec![clip(0, 320)]);
        player.fill(Codec::Pcmu, &mut [0; FRAME], |_| {});
        let ends: Vec<_> = player.stop().collect();
        assert_eq!(ends, [Ended { id: PlayId(1), percent: 50 }, Ended { id: PlayId(2), percent: 0 }]);
        assert!(player.prompts.is_empty());
    }

    #[test]
    fn an_empty_prompt_ends_at_once() {
        let mut player = Player::default();
        player.queue(PlayId(1), vec![]);
        player.queue(PlayId(2), vec![clip(0, 0)]);
        let (_, ends) = play(&mut player);
        assert_eq!(ends.len(), 2);
    }

    #[test]
    fn a_prompt_of_whole_frames_ends_with_its_last_one() {
        let mut player = Player::default();
        player.queue(PlayId(1), vec![clip(0, 160)]);
        let (sound, ends) = play(&mut player);
        assert_eq!((sound.len(), ends.len()), (160, 1));
    }
}
