//! Stretches of steady tone, and what lies between them.

use crate::detect::FRAME_MS;
use crate::detect::sound::{Partial, Sound};

/// A steady tone, or two tones sent together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::detect) struct Run {
    /// In Hz, the lower first; one tone has 0 for the second.
    pub hertz: [f32; 2],
    pub since_ms: u32,
    /// Where its last frame ended.
    pub until_ms: u32,
    /// Mean level in dBm0.
    pub level: f32,
    /// The loudest and the faintest frame between the first and the last.
    pub levels: [f32; 2],
    /// How far the frequency wandered, in Hz.
    pub wander: f32,
    /// The least share of the power that was in the tones, but for the first and last frame.
    pub purity: f32,
    /// Of the sound between the run before and this one: how much was less than 14 dB fainter than this one.
    pub noisy_gap_ms: u32,
    /// It began after at least 60 ms that were 14 dB fainter.
    pub from_quiet: bool,
    frames: u16,
    last: Frame,
}

/// The last frame of a run waits: a run's edges are not part of its middle.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Frame {
    level: f32,
    purity: f32,
    hertz: f32,
}

impl Run {
    pub fn length_ms(&self) -> u32 {
        self.until_ms - self.since_ms
    }

    /// Whether it is a machine's tone and no vowel.
    pub fn is_tone(&self) -> bool {
        let plain = self.is_steady(4.0) && self.purity >= 0.92 && self.wander <= 14.0;
        // Noise takes its share of the power, but hardly moves the pitch: no voice holds one so well for so long.
        let held = if self.length_ms() >= LONGER_MS { 14.0 } else { 6.0 };
        let in_noise = self.length_ms() >= LONG_MS && self.is_even(5.0) && self.wander <= held;
        self.length_ms() >= TONE_MS && plain || in_noise
    }

    pub fn is_pair(&self) -> bool {
        self.hertz[1] > 0.0
    }

    /// Whether its middle was as loud all along, within so many dB.
    pub fn is_even(&self, within: f32) -> bool {
        self.frames > 2 && self.levels[0] - self.levels[1] <= within
    }

    /// The same, but GSM lets a pure tone swell and fade, a high one much: no voice is so pure there.
    pub fn is_steady(&self, within: f32) -> bool {
        let swells = match self.purity {
            ..0.94 => 0.0,
            _ if self.hertz[0] >= HIGH && !self.is_pair() => 12.0,
            ..0.97 => 0.0,
            _ => 6.0,
        };
        self.is_even(within.max(swells))
    }

    fn begin(hertz: [f32; 2], purity: f32, at_ms: u32, level: f32) -> Self {
        let last = Frame { level, purity, hertz: hertz[0] };
        Self {
            hertz,
            since_ms: at_ms,
            until_ms: at_ms + FRAME_MS,
            level,
            levels: [-90.0, 20.0],
            wander: 0.0,
            purity: 1.0,
            noisy_gap_ms: 0,
            from_quiet: true,
            frames: 1,
            last,
        }
    }

    fn goes_on(&self, hertz: [f32; 2], level: f32) -> bool {
        let near = |a: f32, b: f32| (a - b).abs() <= (0.02 * a).max(14.0);
        let alike = near(self.hertz[0], hertz[0]) && near(self.hertz[1], hertz[1]);
        // The first frame may hold a piece of the tone alone.
        let slack = if self.frames == 1 || hertz[0] >= HIGH && self.purity >= 0.94 { 12.0 } else { 6.0 };
        alike && (level - self.level).abs() < slack
    }

    fn take(&mut self, hertz: [f32; 2], purity: f32, at_ms: u32, level: f32) {
        if self.frames == 1 {
            (self.hertz, self.level) = (hertz, level);
        } else {
            let Frame { level: before, purity, hertz: tone } = self.last;
            self.levels = [self.levels[0].max(before), self.levels[1].min(before)];
            self.wander = self.wander.max((tone - self.hertz[0]).abs());
            self.purity = self.purity.min(purity);
            self.level += (before - self.level) / f32::from(self.frames);
        }
        self.frames = self.frames.saturating_add(1);
        self.until_ms = at_ms + FRAME_MS;
        self.last = Frame { level, purity, hertz: hertz[0] };
    }
}

/// Follows one run at a time.
#[derive(Clone, Debug, Default)]
pub(in crate::detect) struct RunEar {
    pub current: Option<Run>,
    /// Runs that have ended, oldest first; each at least [`SHORTEST_MS`] long.
    pub past: Vec<Run>,
    /// Levels of the frames since the last run, in steps of one dB from -90.
    gap: Vec<i8>,
}

impl RunEar {
    /// Takes a frame that begins at `at_ms`; gives the run that this frame has shown to have ended.
    pub fn hear(&mut self, at_ms: u32, sound: &Sound) -> Option<Run> {
        let tone = tone(sound, if sound.level < self.line() + NOISY { PURE_IN_NOISE } else { PURE });
        if let (Some(run), Some((hertz, purity))) = (&mut self.current, tone)
            && run.goes_on(hertz, sound.level)
        {
            run.take(hertz, purity, at_ms, sound.level);
            return None;
        }
        if let Some(run) = &self.current
            && at_ms < run.until_ms + PATIENCE_MS
        {
            return None;
        }
        let ended = self.current.take().filter(|run| run.length_ms() >= SHORTEST_MS);
        if let Some(run) = ended {
            self.gap.clear();
            if self.past.len() == KEPT {
                self.past.remove(0);
            }
            self.past.push(run);
        }
        match tone {
            Some((hertz, purity)) => {
                let mut run = Run::begin(hertz, purity, at_ms, sound.level);
                run.noisy_gap_ms = self.noisy_ms(sound.level);
                run.from_quiet =
                    self.gap.iter().rev().skip(1).take(3).all(|level| f32::from(*level) < sound.level - 14.0);
                self.current = Some(run);
            }
            None if self.gap.len() < LONGEST_GAP => self.gap.push(sound.level as i8),
            None => {}
        }
        ended
    }

    /// The least share of the power, 0..=1, that was in the tone that sounds or sounded last.
    pub fn purity(&self) -> f32 {
        self.current.as_ref().or(self.past.last()).map_or(0.0, |run| run.purity)
    }

    /// Tones of other pitches than this one have sounded of late: notes of a melody.
    pub fn is_melody(&self, run: &Run) -> bool {
        let recent =
            |other: &&Run| other.is_tone() && !other.is_pair() && other.until_ms + MELODY_MS >= run.since_ms;
        let mut pitches: Vec<f32> = self.past.iter().filter(recent).map(|other| other.hertz[0]).collect();
        pitches.retain(|pitch| (pitch / run.hertz[0]).log2().abs() > SEMITONE);
        let first = pitches.first().copied().unwrap_or_default();
        pitches.iter().any(|pitch| (pitch / first).log2().abs() > SEMITONE)
    }

    /// The tone that sounds is a note of a melody.
    pub fn plays_on(&self) -> bool {
        self.current.as_ref().is_some_and(|run| run.is_tone() && !run.is_pair() && self.is_melody(run))
    }

    /// The pause since the last run ended, if no tone sounds now.
    pub fn pause_ms(&self, now_ms: u32) -> Option<u32> {
        let last = self.past.last()?;
        self.current.is_none().then(|| now_ms.saturating_sub(last.until_ms))
    }

    /// How much of that pause was not a pause at all.
    pub fn noisy_pause_ms(&self) -> u32 {
        self.past.last().map_or(0, |last| self.noisy_ms(last.level))
    }

    /// The line's noise in the gap, in dBm0.
    fn line(&self) -> f32 {
        f32::from(self.gap.iter().min().copied().unwrap_or(0))
    }

    /// How much of the gap is neither much fainter than a tone of this level nor the line's own steady noise.
    fn noisy_ms(&self, tone: f32) -> u32 {
        let most = (self.line() + STEADY).min(tone - STEADY).max(tone - FAINTER);
        let loud = self.gap.iter().filter(|level| f32::from(**level) > most).count();
        // The frame before the tone may hold its beginning.
        FRAME_MS * loud.saturating_sub(1) as u32
    }
}

/// The tone of a frame that holds nothing else, and its share of the power.
fn tone(sound: &Sound, pure: f32) -> Option<([f32; 2], f32)> {
    if sound.level < FAINTEST {
        return None;
    }
    let [first, second] = sound.tones;
    let audible = |tone: Partial| (LOWEST..HIGHEST).contains(&tone.hertz);
    if first.share > pure && audible(first) {
        return Some(([first.hertz, 0.0], first.share));
    }
    let both = first.share + second.share;
    (both > pure && second.share > LESSER && audible(first) && audible(second)).then(|| {
        let pair = [first.hertz.min(second.hertz), first.hertz.max(second.hertz)];
        (pair, both)
    })
}

/// Shorter runs are accidents of speech.
pub(in crate::detect) const SHORTEST_MS: u32 = 60;
/// Vowels last as long, but not as steadily.
const TONE_MS: u32 = 120;
/// Tones of the network are no shorter, but for the fastest.
const LONG_MS: u32 = 200;
/// A pair that beats moves the pitch, too.
const LONGER_MS: u32 = 500;
/// A lost packet or a codec may spoil so much of a tone.
const PATIENCE_MS: u32 = 60;
/// Octaves, less than a semitone.
const SEMITONE: f32 = 0.06;
const MELODY_MS: u32 = 3000;
const KEPT: usize = 8;
const FAINTER: f32 = 14.0;
/// In dB: noise wanders less.
const STEADY: f32 = 6.0;
const LONGEST_GAP: usize = 500;
const FAINTEST: f32 = -48.0;
const LOWEST: f32 = 330.0;
const HIGHEST: f32 = 3300.0;
/// No vowel is a pure tone from here on.
const HIGH: f32 = 1000.0;
const PURE: f32 = 0.88;
const PURE_IN_NOISE: f32 = 0.8;
/// In dB: where a tone stands out by less, noise has a part in it.
const NOISY: f32 = 18.0;
const LESSER: f32 = 0.1;
