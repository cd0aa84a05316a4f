//! Our own prompt that comes back: what is heard is laid beside what was sent up to 640 ms before, band by band. Where the
//! loudness of the bands rises and falls as it did there, the delay and the loss on the way are known, and with them how
//! loud the echo is; what is heard beyond it is somebody else's.

use std::collections::VecDeque;

use super::FRAME;
use super::sound::{LINES, Spectrum};

/// Follows one call's echo.
#[derive(Clone, Debug, Default)]
pub(super) struct EchoEar {
    spectrum: Spectrum,
    /// What was sent, the newest first.
    sent: VecDeque<Sent>,
    /// What was heard, the newest first.
    heard: VecDeque<Bands>,
    /// Frames of silence sent since the last sound.
    silent: usize,
    turns: usize,
    /// Frames with a sound that were sent.
    spoken: usize,
    path: Option<Path>,
}

/// What a frame turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hears {
    /// No echo, or more than the echo.
    More,
    /// Our own sound and nothing louder.
    Own,
    /// The same, and so was the speech of so many frames before: the echo is known only now.
    OwnSince(u32),
}

/// A frame that was sent.
#[derive(Clone, Copy, Debug)]
struct Sent {
    bands: Bands,
    /// One of its bands does.
    sounds: bool,
}

/// Loudness of each band, in dB over any measure.
type Bands = [f32; BANDS];

/// The way of the echo.
#[derive(Clone, Copy, Debug)]
struct Path {
    /// From sending to hearing, in frames.
    lag: usize,
    /// What is added to a band on the way, in dB.
    gain: Bands,
    /// The echo of the frame before, in power.
    tail: Bands,
}

impl EchoEar {
    /// Takes the 20 ms that were sent after the last frame heard.
    pub fn sent(&mut self, frame: &[i16; FRAME]) {
        let silent = frame.iter().all(|sample| sample.unsigned_abs() <= SILENT);
        self.silent = if silent { self.silent + 1 } else { 0 };
        if self.silent > FORGOTTEN {
            self.sent.clear();
            self.heard.clear();
            return;
        }
        let bands = bands(&self.spectrum.take(&frame.map(f32::from)));
        let sounds = bands.iter().any(|band| *band > SOUNDS);
        keep(&mut self.sent, Sent { bands, sounds }, LAGS + WINDOW + 2);
        self.spoken += usize::from(!silent);
    }

    /// Something was sent in the last turns that is no silence.
    pub fn we_speak(&self) -> bool {
        self.spoken > 0 && self.silent <= JUST
    }

    /// We have not spoken for long enough to know whether we come back.
    pub fn is_open(&self) -> bool {
        self.path.is_none() && (1..SETTLED).contains(&self.spoken)
    }

    /// Takes what is heard in a frame.
    pub fn hear(&mut self, power: &[f32; LINES]) -> Hears {
        if self.sent.is_empty() {
            return Hears::More;
        }
        let now = bands(power);
        keep(&mut self.heard, now, WINDOW);
        self.turns += 1;
        let known = self.path.is_some();
        // To lay all delays beside each other is the dearest thing an ear does.
        if self.turns.is_multiple_of(if self.is_open() { 4 } else { 25 }) {
            self.look_for_path();
        }
        if !self.is_own(&now) {
            return Hears::More;
        }
        if known { Hears::Own } else { Hears::OwnSince(self.heard.len() as u32) }
    }

    fn look_for_path(&mut self) {
        let known = self.path.map(|path| path.lag);
        let best = (0..=LAGS)
            .filter_map(|lag| Some((lag, self.likeness_beyond_chance(lag)?)))
            .max_by(|(_, a), (_, b)| a.total_cmp(b));
        let Some((lag, _)) = best.filter(|(lag, beyond)| *beyond >= 0.0 && known != Some(*lag)) else {
            return;
        };
        self.path = Some(Path { lag, gain: self.gain(lag), tail: [0.0; BANDS] });
    }

    /// Pairs of what was sent and what was heard so many frames later, the newest first, where there was a sound.
    fn pairs(&self, lag: usize) -> impl Iterator<Item = (&Bands, &Bands)> {
        let pairs = self.sent.iter().skip(lag).zip(&self.heard);
        pairs.filter(|(sent, _)| sent.sounds).map(|(sent, heard)| (&sent.bands, heard))
    }

    /// How alike loudness rose and fell in all bands, -1..=1, less what tells an echo from chance: that is the less, the
    /// more there is to compare. `None` of too few frames.
    fn likeness_beyond_chance(&self, lag: usize) -> Option<f32> {
        let mut count = 0;
        let zero = [0.0_f32; BANDS];
        let (mut sum_sent, mut sum_heard, mut both, mut of_sent, mut of_heard) =
            (zero, zero, zero, zero, zero);
        for (sent, heard) in self.pairs(lag) {
            count += 1;
            for n in 0..BANDS {
                // Near zero, so that little is lost when the means are taken off below.
                let (sent, heard) = (sent[n] - SOUNDS, heard[n] - SOUNDS);
                sum_sent[n] += sent;
                sum_heard[n] += heard;
                both[n] += sent * heard;
                of_sent[n] += sent * sent;
                of_heard[n] += heard * heard;
            }
        }
        if count < FEWEST {
            return None;
        }
        // The sum of products about the means, over all bands.
        let about = |products: Bands, a: Bands, b: Bands| {
            (0..BANDS).map(|n| products[n] - a[n] * b[n] / count as f32).sum::<f32>()
        };
        let (sent, heard) = (about(of_sent, sum_sent, sum_sent), about(of_heard, sum_heard, sum_heard));
        let share = (count - FEWEST) as f32 / (WINDOW - FEWEST) as f32;
        let least = LIKE_AT_FIRST + (LIKE - LIKE_AT_FIRST) * share;
        if sent.min(heard) < STEADY {
            return Some(-least);
        }
        Some(about(both, sum_sent, sum_heard) / (sent * heard).sqrt() - least)
    }

    /// What each band gains on the way, by the frames in which it was loud.
    fn gain(&self, lag: usize) -> Bands {
        std::array::from_fn(|n| {
            let loudest = self.pairs(lag).map(|(sent, _)| sent[n]).fold(FLOOR, f32::max);
            let loud = self.pairs(lag).filter(|(sent, _)| sent[n] > loudest - 12.0);
            let mut gains: Vec<f32> = loud.map(|(sent, heard)| heard[n] - sent[n]).collect();
            gains.sort_by(f32::total_cmp);
            gains.get(gains.len() / 2).copied().unwrap_or(0.0)
        })
    }

    /// The echo explains the frame.
    fn is_own(&mut self, now: &Bands) -> bool {
        let Some(path) = &mut self.path else { return false };
        // The echo of one frame falls into two, and a little before and behind.
        let around = path.lag.saturating_sub(1)..(path.lag + 2).min(self.sent.len());
        if around.is_empty() {
            return false;
        }
        let (mut beyond, mut whole, mut sounds) = (0.0, 0.0, false);
        for (n, &loudness) in now.iter().enumerate() {
            let sent = self.sent.range(around.clone()).map(|sent| sent.bands[n]).fold(FLOOR, f32::max);
            let echo = power_of(sent + path.gain[n]).max(path.tail[n] * TAIL);
            path.tail[n] = echo;
            sounds |= sent > SOUNDS;
            let heard = power_of(loudness);
            beyond += (heard - ROOM * echo - power_of(FLOOR)).max(0.0);
            whole += heard;
        }
        sounds && beyond < MOST_BEYOND * whole
    }
}

fn keep<T>(frames: &mut VecDeque<T>, frame: T, most: usize) {
    if frames.len() == most {
        frames.pop_back();
    }
    frames.push_front(frame);
}

fn bands(power: &[f32; LINES]) -> Bands {
    std::array::from_fn(|n| {
        let sum: f32 = power[EDGES[n]..EDGES[n + 1]].iter().sum();
        (10.0 * sum.max(1.0).log10()).max(FLOOR)
    })
}

fn power_of(db: f32) -> f32 {
    10_f32.powf(db / 10.0)
}

const BANDS: usize = 10;
/// Where bands begin among the lines of 31.25 Hz.
const EDGES: [usize; BANDS + 1] = [7, 11, 15, 20, 26, 33, 42, 54, 68, 86, 109];
/// A band's loudness on a silent line: about -62 dBm0 over all.
const FLOOR: f32 = 52.0;
/// A band that sounds.
const SOUNDS: f32 = 72.0;
/// Samples of silence, as telephone codecs bring it.
const SILENT: u16 = 8;
/// From sending to hearing, at most, in frames.
const LAGS: usize = 32;
/// Frames that are laid beside each other: 0.8 s.
const WINDOW: usize = 40;
/// Silence within speech, in frames.
const JUST: usize = 10;
/// Silence after which no echo is to come.
const FORGOTTEN: usize = LAGS + 10;
/// Frames with a sound after which an echo would have shown itself.
const SETTLED: usize = 75;
/// Frames with a sound, at least, before an echo is known.
const FEWEST: usize = 14;
const LIKE_AT_FIRST: f32 = 0.85;
const LIKE: f32 = 0.75;
/// What neither rises nor falls, in dB² over all bands and frames: nothing can be like it.
const STEADY: f32 = 1.0;
/// So many times the echo is still the echo: 4 dB.
const ROOM: f32 = 2.5;
/// An echo dies away by 6 dB a frame at least.
const TAIL: f32 = 0.25;
/// The share of the frame's power that may be left.
const MOST_BEYOND: f32 = 0.35;
