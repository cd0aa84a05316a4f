//! Whether a frame holds speech: how it stands out of the line's noise, and how voice-like it is.

mod levels;

use std::collections::VecDeque;

use super::sound::Sound;
use levels::Levels;

/// What a frame of speech is told by.
pub const VOICE_FEATURES: usize = 24;

/// Follows the line's noise and the speaker's level.
#[derive(Clone, Debug)]
pub(super) struct VoiceEar {
    /// The last frames, the newest first.
    recent: [Sound; 7],
    levels: Levels,
    /// The speaker's level in dBm0: rises at once, falls 3 dB a second.
    pub peak: f32,
    /// The same, falling 0.6 dB a second: who talks in the background is no louder for the speaker's silence.
    summit: f32,
    /// What both were before each of the last frames.
    peaks: VecDeque<(f32, f32)>,
}

impl Default for VoiceEar {
    fn default() -> Self {
        let quiet = Sound { level: -65.0, ..Sound::default() };
        Self {
            recent: [quiet; 7],
            levels: Levels::default(),
            peak: -50.0,
            summit: -50.0,
            peaks: VecDeque::new(),
        }
    }
}

impl VoiceEar {
    /// The line's noise in dBm0: the faintest 60 ms of the last one and a half seconds.
    pub fn floor(&self) -> f32 {
        let floor = self.levels.share(0.0);
        // Who speaks at once leaves no time to learn the line.
        if self.levels.len() < 10 { floor.min(-50.0) } else { floor }
    }

    /// What sounded so far was no speaker's voice.
    pub fn forget_speaker(&mut self) {
        (self.peak, self.summit) = (-50.0, -50.0);
        self.peaks.clear();
    }

    /// Takes a frame; gives what tells whether it is speech. A steady tone (`tone`) says nothing of line and speaker.
    pub fn hear(&mut self, sound: &Sound, tone: bool) -> [f32; VOICE_FEATURES] {
        self.recent.rotate_right(1);
        self.recent[0] = Sound { level: sound.level.max(-65.0), ..*sound };
        let level = self.recent[0].level;
        let mean = |of: usize, what: fn(&Sound) -> f32| -> f32 {
            self.recent[..of].iter().map(what).sum::<f32>() / of as f32
        };
        let most = |of: usize, what: fn(&Sound) -> f32| -> f32 {
            self.recent[..of].iter().map(what).fold(-90.0, f32::max)
        };
        let mean_of_three = mean(3, |s| s.level);
        if tone {
            // It was taken for a voice until it was known for a tone.
            (self.peak, self.summit) = self.peaks.pop_back().unwrap_or((self.peak, self.summit));
        } else {
            self.levels.take(mean_of_three);
            self.peaks.push_back((self.peak, self.summit));
            if self.peaks.len() > 8 {
                self.peaks.pop_front();
            }
            self.peak = (self.peak - 0.06).max(level).max(-50.0);
            self.summit = (self.summit - 0.012).max(mean_of_three).max(-50.0);
        }
        let (floor, peak) = (self.floor(), self.peak);
        // Where between the usual noise and the speaker's level.
        let middle = self.levels.share(0.35);
        let place = |level: f32| ((level - middle) / (peak - middle).max(12.0)).clamp(-0.5, 1.5);
        let above = |level: f32| (level - floor).clamp(0.0, 40.0);
        let below = |level: f32| (peak - level).clamp(0.0, 30.0);
        [
            above(level),
            above(mean_of_three),
            below(level),
            below(mean_of_three),
            mean(3, |s| s.harmony),
            mean(3, |s| s.flatness),
            below(most(5, |s| s.level)),
            most(7, |s| s.harmony),
            mean(5, |s| s.harmony),
            mean(5, |s| s.flatness),
            below(mean(5, |s| s.level)),
            level.max(-60.0),
            mean(5, |s| s.centre) / 1000.0,
            mean(5, |s| s.change),
            sound.tones[0].share,
            peak - floor,
            (mean_of_three - self.levels.share(0.25)).clamp(-10.0, 40.0),
            place(mean_of_three),
            place(mean(5, |s| s.level)),
            place(most(5, |s| s.level)),
            place(mean(7, |s| s.level)),
            self.summit - mean_of_three,
            self.summit - mean(7, |s| s.level),
            self.summit - floor,
        ]
    }

    /// The frame is too faint beside the speaker to be speech.
    pub fn is_faint(&self) -> bool {
        let mean = self.recent[..3].iter().map(|sound| sound.level).sum::<f32>() / 3.0;
        mean < (self.peak - 28.0).max(FAINTEST)
    }
}

const FAINTEST: f32 = -56.0;
