//! Music: sound that goes on and whose spectrum changes slowly, from note to note and not from phone to phone.

use std::collections::VecDeque;

use super::sound::Sound;

/// Remembers the last two seconds.
#[derive(Clone, Debug, Default)]
pub(super) struct MusicEar {
    /// The change of each frame that was no silence.
    frames: VecDeque<Option<f32>>,
    sum: f32,
    active: u16,
}

impl MusicEar {
    /// Takes a frame; `tone` when it belongs to a steady tone of some length.
    pub fn hear(&mut self, sound: &Sound, tone: bool) {
        if self.frames.len() == SPAN
            && let Some(Some(old)) = self.frames.pop_front()
        {
            self.sum -= old;
            self.active -= 1;
        }
        let change = (sound.level > FAINTEST && !tone).then_some(sound.change);
        if let Some(change) = change {
            self.sum += change;
            self.active += 1;
        }
        self.frames.push_back(change);
    }

    /// The sound of the last two seconds was music.
    pub fn is_music(&self) -> bool {
        self.frames.len() == SPAN && f32::from(self.active) >= 0.7 * SPAN as f32 && self.pace() < SLOW
    }

    /// The mean change of the frames that sounded.
    pub fn pace(&self) -> f32 {
        self.sum / f32::from(self.active.max(1))
    }
}

const SPAN: usize = 100;
const FAINTEST: f32 = -46.0;
const SLOW: f32 = 0.108;
