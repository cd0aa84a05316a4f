//! What was said when: stretches of speech and the pauses between them, and how the voice sounded.

use crate::detect::FRAME_MS;
use crate::detect::sound::Sound;

/// A stretch of speech, in media time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub since_ms: u32,
    pub until_ms: u32,
}

impl Stretch {
    pub fn length_ms(self) -> u32 {
        self.until_ms - self.since_ms
    }
}

/// Follows the speech of one call.
#[derive(Clone, Debug)]
pub(super) struct Speech {
    pub now_ms: u32,
    pub stretches: Vec<Stretch>,
    /// Speech sounds now; its stretch is the last.
    pub speaking: bool,
    /// Frames in a row that say otherwise.
    doubt: u32,
    /// The first frame of doubt began here.
    doubt_ms: u32,
    pub voice: Tally,
    pub line: Tally,
    /// Shares of the pitch's logarithm over voiced frames: the last ten.
    pub pitches: Vec<f32>,
    /// Rises of the level by 4 dB within speech: about one a syllable.
    pub syllables: u32,
    valley: f32,
    crest: f32,
    rising: bool,
    /// Log-odds of speech of the last frames, the newest last.
    pub odds: Vec<f32>,
    /// How loud the voice was at its loudest, 60 ms of it, in dBm0.
    loudest: f32,
    /// The levels of the last frames, the newest last.
    levels: [f32; 3],
    /// When it was last within some dB of the loudest (see [`FADES`]).
    loud_until_ms: [u32; 2],
    /// Frames of speech whose spectrum was nearly that of the frame before.
    pub held: f32,
}

impl Default for Speech {
    fn default() -> Self {
        Self {
            now_ms: 0,
            stretches: Vec::new(),
            speaking: false,
            doubt: 0,
            doubt_ms: 0,
            voice: Tally::default(),
            line: Tally::default(),
            pitches: Vec::new(),
            syllables: 0,
            valley: -90.0,
            crest: -90.0,
            rising: false,
            odds: Vec::new(),
            loudest: QUIETEST,
            levels: [QUIETEST; 3],
            loud_until_ms: [0; 2],
            held: 0.0,
        }
    }
}

/// Sums over frames.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub frames: f32,
    level: f32,
    level_squares: f32,
    harmony: f32,
    flatness: f32,
    centre: f32,
    change: f32,
    voiced: f32,
    pitch: f32,
    pitch_squares: f32,
}

impl Tally {
    fn take(&mut self, sound: &Sound) {
        self.frames += 1.0;
        self.level += sound.level;
        self.level_squares += sound.level * sound.level;
        self.harmony += sound.harmony;
        self.flatness += sound.flatness;
        self.centre += sound.centre;
        self.change += sound.change;
        if sound.harmony > VOICED {
            let pitch = sound.pitch.log2();
            self.voiced += 1.0;
            self.pitch += pitch;
            self.pitch_squares += pitch * pitch;
        }
    }

    /// Means: level, its deviation, harmony, flatness, centre in kHz, change, share of voiced frames, pitch in
    /// octaves over 1 Hz, its deviation.
    pub fn means(&self) -> [f32; 9] {
        let n = self.frames.max(1.0);
        let deviation = |sum: f32, squares: f32, n: f32| (squares / n - (sum / n).powi(2)).max(0.0).sqrt();
        let v = self.voiced.max(1.0);
        [
            self.level / n,
            deviation(self.level, self.level_squares, n),
            self.harmony / n,
            self.flatness / n,
            self.centre / n / 1000.0,
            self.change / n,
            self.voiced / n,
            self.pitch / v,
            deviation(self.pitch, self.pitch_squares, v),
        ]
    }
}

impl Speech {
    /// Takes a frame that begins at `at_ms` with its log-odds of being speech.
    pub fn take(&mut self, at_ms: u32, sound: &Sound, odds: f32) {
        self.now_ms = at_ms + FRAME_MS;
        if self.odds.len() == RECENT {
            self.odds.remove(0);
        }
        self.odds.push(odds);
        self.follow_loudness(sound.level, odds);
        let other = if self.speaking { odds < ENDS } else { odds > BEGINS };
        if other {
            if self.doubt == 0 {
                self.doubt_ms = at_ms;
            }
            self.doubt += 1;
            if self.doubt >= 2 {
                self.turn();
            }
        } else {
            self.doubt = 0;
        }
        if self.speaking && self.doubt == 0 {
            if let Some(last) = self.stretches.last_mut() {
                last.until_ms = at_ms + FRAME_MS;
            }
            self.voice.take(sound);
            self.held += f32::from(u8::from(sound.change < HELD));
            self.follow(sound);
        } else if !self.speaking && odds < ENDS {
            self.line.take(sound);
        }
    }

    fn follow_loudness(&mut self, level: f32, odds: f32) {
        self.levels.rotate_left(1);
        self.levels[2] = level;
        let mean = self.levels.iter().sum::<f32>() / 3.0;
        if self.speaking && odds > ENDS {
            self.loudest = self.loudest.max(mean);
        }
        for (until, fade) in self.loud_until_ms.iter_mut().zip(FADES) {
            if mean >= self.loudest - fade {
                *until = self.now_ms;
            }
        }
    }

    /// For how long the sound has been fainter than the voice at its loudest by 8 and by 14 dB, were it speech or not: where
    /// others talk in the background, this is the pause.
    pub fn faded_ms(&self) -> [u32; 2] {
        self.loud_until_ms.map(|until| self.now_ms - until)
    }

    /// How much fainter the sound is now than the voice was at its loudest, in dB.
    pub fn fade(&self) -> f32 {
        self.levels.iter().sum::<f32>() / 3.0 - self.loudest
    }

    fn turn(&mut self) {
        self.doubt = 0;
        self.speaking = !self.speaking;
        if self.speaking {
            if self.stretches.len() == KEPT {
                // Old stretches grow into one: how they were parted no longer matters.
                self.stretches[0].until_ms = self.stretches[1].until_ms;
                self.stretches.remove(1);
            }
            self.stretches.push(Stretch { since_ms: self.doubt_ms, until_ms: self.now_ms });
            (self.valley, self.crest, self.rising) = (-90.0, -90.0, false);
        } else if self.stretches.last().is_some_and(|last| last.length_ms() < CLICK_MS) {
            self.stretches.pop();
        }
    }

    fn follow(&mut self, sound: &Sound) {
        if sound.harmony > VOICED {
            if self.pitches.len() == 10 {
                self.pitches.remove(0);
            }
            self.pitches.push(sound.pitch.log2());
        }
        if self.rising {
            self.crest = self.crest.max(sound.level);
            if sound.level < self.crest - 4.0 {
                (self.rising, self.valley) = (false, sound.level);
            }
        } else {
            self.valley = self.valley.min(sound.level);
            if sound.level > self.valley + 4.0 {
                (self.rising, self.crest) = (true, sound.level);
                self.syllables += 1;
            }
        }
    }

    /// When the first word began.
    pub fn onset_ms(&self) -> Option<u32> {
        self.stretches.first().map(|first| first.since_ms)
    }

    /// How much the spectrum of the speech changed from frame to frame, on average.
    pub fn pace(&self) -> f32 {
        self.voice.change / self.voice.frames.max(1.0)
    }

    /// All speech so far.
    pub fn voiced_ms(&self) -> u32 {
        self.stretches.iter().map(|stretch| stretch.length_ms()).sum()
    }

    /// The quiet since the last word.
    pub fn pause_ms(&self) -> u32 {
        match self.stretches.last() {
            Some(last) if !self.speaking => self.now_ms - last.until_ms,
            _ => 0,
        }
    }

    /// What was taken for speech from here on was none.
    pub fn forget_from(&mut self, ms: u32) {
        if !self.speaking && self.stretches.last().is_none_or(|last| last.until_ms <= ms) {
            return;
        }
        // A tone is known for one some frames after its beginning.
        self.stretches.retain(|stretch| stretch.since_ms + EDGE_MS <= ms);
        if let Some(last) = self.stretches.last_mut() {
            last.until_ms = last.until_ms.min(ms);
        }
        (self.speaking, self.doubt) = (false, 0);
        if self.stretches.is_empty() {
            self.loudest = QUIETEST;
        }
    }

    /// The stretches with pauses up to `bridge_ms` taken as speech.
    pub fn joined(&self, bridge_ms: u32) -> Vec<Stretch> {
        let mut joined: Vec<Stretch> = Vec::with_capacity(self.stretches.len());
        for stretch in &self.stretches {
            match joined.last_mut() {
                Some(last) if stretch.since_ms - last.until_ms <= bridge_ms => {
                    last.until_ms = stretch.until_ms;
                }
                _ => joined.push(*stretch),
            }
        }
        joined
    }
}

/// See [`Speech::faded_ms`].
const FADES: [f32; 2] = [8.0, 14.0];
const QUIETEST: f32 = -60.0;
const HELD: f32 = 0.03;
const BEGINS: f32 = 0.5;
const ENDS: f32 = -0.3;
const VOICED: f32 = 0.6;
/// Shorter stretches are clicks and bursts of noise.
const CLICK_MS: u32 = 60;
const EDGE_MS: u32 = 160;
const KEPT: usize = 32;
const RECENT: usize = 15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn talk_in_the_background_leaves_no_pause_but_the_voice_has_faded() {
        let mut speech = Speech::default();
        let mut say = |frames: u32, level: f32| {
            for _ in 0..frames {
                let at_ms = speech.now_ms;
                speech.take(at_ms, &Sound { level, ..Sound::default() }, 1.0);
            }
            (speech.pause_ms(), speech.faded_ms())
        };
        assert_eq!(say(20, -15.0), (0, [0, 0]));
        // The mean of three frames falls behind by one or two.
        assert_eq!(say(20, -26.0), (0, [360, 0]));
        assert_eq!(say(20, -32.0), (0, [760, 380]));
        assert_eq!(say(5, -15.0), (0, [0, 0]));
    }
}
