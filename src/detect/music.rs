//! Music: sound that goes on and whose spectrum changes slowly, from note to note and not from phone to phone; or what
//! training has found to sound like it.

use std::collections::VecDeque;

use super::FRAME_MS;
use super::model::Model;
use super::sound::Sound;

/// What tells music from speech; see [`MusicEar::evidence`].
pub const MUSIC_FEATURES: usize = 17;

/// Remembers the last three seconds that sounded.
#[derive(Clone, Debug, Default)]
pub(super) struct MusicEar {
    /// With the time of each.
    heard: VecDeque<(u32, Sound)>,
    now_ms: u32,
    /// The change of each frame of the last two seconds that was no silence, their sum and their count.
    frames: VecDeque<Option<f32>>,
    sum: f32,
    active: u16,
    /// Frames that sounded.
    count: u32,
    /// How likely that is music, 0..=1; 0 while too little has sounded.
    pub likely: f32,
    /// How often in a row it was so likely that it is sure.
    sure: u32,
}

impl MusicEar {
    /// Takes the frame at `at_ms`; `tone` when it belongs to a steady tone of some length, or is none of the far end's.
    pub fn hear(&mut self, at_ms: u32, sound: &Sound, tone: bool, model: &Model) {
        self.now_ms = at_ms + FRAME_MS;
        self.follow((sound.level > FAINT && !tone).then_some(sound.change));
        if sound.level <= FAINTEST || tone {
            return;
        }
        if self.heard.len() == LONG {
            self.heard.pop_front();
        }
        self.heard.push_back((at_ms, *sound));
        self.count += 1;
        if self.count.is_multiple_of(EVERY) {
            self.likely = self.evidence().map_or(0.0, |evidence| model.music(&evidence));
            self.sure = if self.likely >= SURE { self.sure + 1 } else { 0 };
        }
    }

    /// It has surely been music for some time.
    pub fn is_sure(&self) -> bool {
        self.sure >= IN_A_ROW
    }

    /// The last two seconds sounded, and slowly.
    pub fn is_slow(&self) -> bool {
        self.frames.len() == SPAN && f32::from(self.active) >= 0.7 * SPAN as f32 && self.pace() < SLOW
    }

    /// The mean change of the frames that sounded in the last two seconds.
    pub fn pace(&self) -> f32 {
        self.sum / f32::from(self.active.max(1))
    }

    /// How likely it is music in percent, and how fast the spectrum changes in thousandths; absent while too little has sounded.
    pub fn told(&self) -> (Option<u8>, Option<u32>) {
        let likely = (self.heard.len() >= ENOUGH).then(|| (100.0 * self.likely).round() as u8);
        let change = (self.active > 0).then(|| (1000.0 * self.pace()).round() as u32);
        (likely, change)
    }

    fn follow(&mut self, change: Option<f32>) {
        if self.frames.len() == SPAN
            && let Some(Some(old)) = self.frames.pop_front()
        {
            self.sum -= old;
            self.active -= 1;
        }
        if let Some(change) = change {
            self.sum += change;
            self.active += 1;
        }
        self.frames.push_back(change);
    }

    /// What the model judges by; `None` until enough has sounded.
    pub fn evidence(&self) -> Option<[f32; MUSIC_FEATURES]> {
        let since_ms = self.heard.front().filter(|_| self.heard.len() >= ENOUGH)?.0;
        let heard: Vec<Sound> = self.heard.iter().map(|(_, sound)| *sound).collect();
        let n = heard.len() as f32;
        let level = mean(&heard, |sound| sound.level);
        let pairs = heard.windows(2).filter(|pair| pair.iter().all(|sound| sound.harmony > VOICED));
        let (voiced, steady) = pairs.fold((0.0, 0.0), |(voiced, steady), pair| {
            let leap = (pair[1].pitch / pair[0].pitch).log2().abs();
            (voiced + 1.0, steady + f32::from(u8::from(leap < STEADY)))
        });
        Some([
            n,
            (self.now_ms - since_ms) as f32 / FRAME_MS as f32 - n,
            mean(&heard, |sound| sound.change),
            deviation(&heard, |sound| sound.change),
            mean(&heard, |sound| sound.turn),
            mean(&heard, |sound| sound.still),
            deviation(&heard, |sound| sound.still),
            mean(&heard, |sound| sound.harmony),
            mean(&heard, |sound| sound.flatness),
            deviation(&heard, |sound| sound.flatness),
            deviation(&heard, |sound| sound.level),
            mean(&heard, |sound| sound.centre),
            deviation(&heard, |sound| sound.centre),
            share(&heard, |sound| sound.level < level - 10.0),
            share(&heard, |sound| sound.change < HELD),
            steady / f32::max(voiced, 1.0),
            voiced / n,
        ])
    }
}

fn mean(heard: &[Sound], of: impl Fn(&Sound) -> f32) -> f32 {
    heard.iter().map(of).sum::<f32>() / heard.len() as f32
}

fn deviation(heard: &[Sound], of: impl Fn(&Sound) -> f32) -> f32 {
    let middle = mean(heard, &of);
    mean(heard, |sound| (of(sound) - middle).powi(2)).sqrt()
}

fn share(heard: &[Sound], of: impl Fn(&Sound) -> bool) -> f32 {
    mean(heard, |sound| f32::from(u8::from(of(sound))))
}

/// Frames looked at.
const LONG: usize = 150;
const ENOUGH: usize = 25;
/// The model is asked once in so many frames that sound.
const EVERY: u32 = 5;
const SURE: f32 = 0.8;
const IN_A_ROW: u32 = 2;
/// Fainter sound is none.
const FAINTEST: f32 = -52.0;
const SPAN: usize = 100;
/// Of slow sound.
const FAINT: f32 = -46.0;
const SLOW: f32 = 0.108;
const VOICED: f32 = 0.6;
const HELD: f32 = 0.03;
/// Octaves.
const STEADY: f32 = 0.005;
