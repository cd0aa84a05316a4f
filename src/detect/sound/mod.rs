//! One frame's sound in a few numbers: how loud, how tonal, how noisy, how high the voice.

mod hum;
mod peaks;
mod spectrum;

use super::FRAME;
use hum::HumFilter;
use peaks::Peaks;
pub(super) use spectrum::{LINES, Spectrum};
use spectrum::{STEP, autocorrelation};

/// What is in 20 ms (the spectrum reaches 12 ms further back).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sound {
    /// Level in dBm0 (a full-scale sine is +3.14); -90 for digital silence.
    pub level: f32,
    /// The two strongest tones, the stronger first, with their shares of the power.
    pub tones: [Partial; 2],
    /// How like noise the spectrum is: 0 for white, about -20 dB and less for voices.
    pub flatness: f32,
    /// The middle of the power, in Hz.
    pub centre: f32,
    /// How well the sound repeats itself at the pitch of a voice, 0..=1, and that pitch in Hz.
    pub harmony: f32,
    pub pitch: f32,
    /// How much the spectrum's shape differs from the frame before, 0..=1.
    pub change: f32,
    /// The same, from the frame 100 ms before.
    pub turn: f32,
    /// The share of the power above 500 Hz that is in peaks which have stood still for 120 ms.
    pub still: f32,
}

/// A peak of the spectrum.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Partial {
    pub hertz: f32,
    /// Of the frame's power, 0..=1.
    pub share: f32,
}

/// Turns frames into sounds.
#[derive(Clone, Debug)]
pub(super) struct Listener {
    hum: HumFilter,
    spectrum: Spectrum,
    /// The shapes of the last spectra, a ring: their square roots, of length one.
    shapes: [[f32; LINES]; TURN],
    /// Of the last one, in the ring.
    last: usize,
    peaks: Peaks,
    power: [f32; LINES],
}

impl Default for Listener {
    fn default() -> Self {
        Self {
            hum: HumFilter::default(),
            spectrum: Spectrum::default(),
            shapes: [[0.0; LINES]; TURN],
            last: 0,
            peaks: Peaks::default(),
            power: [0.0; LINES],
        }
    }
}

impl Listener {
    /// Analyses the next frame.
    pub fn hear(&mut self, frame: &[i16; FRAME]) -> Sound {
        let x = self.hum.take(frame);
        let energy = sum(&x.map(|x| x * x));
        let level = 10.0 * ((energy / FRAME as f32).max(1e-3) / ZERO_DBM0).log10();
        let mut power = self.spectrum.take(&x);
        // What the filter lets through below 60 Hz is no sound of a call.
        power[..2].fill(0.0);
        let total = sum(&power).max(1.0);
        let tones = strongest(&power, total);
        let (harmony, pitch) = harmony(&power);
        let (change, turn) = self.change(&power, total);
        let still = if level > QUIET { self.peaks.take(&self.shapes[self.last]) } else { 0.0 };
        let centre = STEP * sum(&std::array::from_fn::<_, LINES, _>(|n| power[n] * n as f32)) / total;
        self.power = power;
        let (level, flatness) = (level.max(-90.0), flatness(&power));
        Sound { level, tones, flatness, centre, harmony, pitch, change, turn, still }
    }

    /// The power of the last frame at each line.
    pub fn power(&self) -> &[f32; LINES] {
        &self.power
    }

    /// How much the shape differs from the last one, and from that 100 ms before.
    fn change(&mut self, power: &[f32; LINES], total: f32) -> (f32, f32) {
        let shape = power.map(|power| (power / total).sqrt());
        let differs = |other: &[f32; LINES]| {
            1.0 - sum(&std::array::from_fn::<_, LINES, _>(|n| other[n] * shape[n])).clamp(0.0, 1.0)
        };
        let oldest = (self.last + 1) % TURN;
        let found = (differs(&self.shapes[self.last]), differs(&self.shapes[oldest]));
        (self.shapes[oldest], self.last) = (shape, oldest);
        found
    }
}

/// The sum, eight at a time: one after another each addition would wait for the last.
fn sum(values: &[f32]) -> f32 {
    let (eights, rest) = values.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for eight in eights {
        sums.iter_mut().zip(eight).for_each(|(sum, value)| *sum += value);
    }
    sums.iter().chain(rest).sum()
}

/// The two highest peaks, each with the lines its window spreads it over.
fn strongest(power: &[f32; LINES], total: f32) -> [Partial; 2] {
    let first = highest(power, None);
    let second = highest(power, Some(first));
    let share = |from: usize, to: usize| power[from..to].iter().sum::<f32>() / total;
    let (a, b) = (first.min(second), first.max(second));
    // Two peaks near each other part the lines between them.
    let (low, high) = if b - a <= 2 * SPREAD {
        let middle = (a + b).div_ceil(2);
        (share(a.saturating_sub(SPREAD), middle), share(middle, (b + SPREAD + 1).min(LINES)))
    } else {
        (share(a.saturating_sub(SPREAD), a + SPREAD + 1), share(b - SPREAD, (b + SPREAD + 1).min(LINES)))
    };
    let (low, high) =
        (Partial { hertz: place(power, a), share: low }, Partial { hertz: place(power, b), share: high });
    if low.share >= high.share { [low, high] } else { [high, low] }
}

/// The line of the highest peak, not within the spread of another.
fn highest(power: &[f32; LINES], other: Option<usize>) -> usize {
    let mut best = 3;
    let mut most = -1.0;
    for n in 3..LINES - 3 {
        let far = other.is_none_or(|other| n.abs_diff(other) > SPREAD);
        if power[n] > most && power[n] >= power[n - 1] && power[n] >= power[n + 1] && far {
            (best, most) = (n, power[n]);
        }
    }
    // A spectrum without a second peak: one beside the first, holding next to nothing.
    match other {
        Some(other) if most < 0.0 => {
            if other > LINES / 2 {
                4
            } else {
                LINES - 4
            }
        }
        _ => best,
    }
}

/// Where between the lines a peak is, by the parabola through three logarithms.
fn place(power: &[f32; LINES], n: usize) -> f32 {
    let [a, b, c] = [power[n - 1], power[n], power[n + 1]].map(|p| p.max(1e-3).ln());
    let curve = a - 2.0 * b + c;
    let shift = if curve < -1e-6 { (0.5 * (a - c) / curve).clamp(-0.5, 0.5) } else { 0.0 };
    (n as f32 + shift) * STEP
}

/// Geometric over arithmetic mean of the power from 250 to 3400 Hz, in dB.
fn flatness(power: &[f32; LINES]) -> f32 {
    let band = &power[8..109];
    let mean = sum(band) / band.len() as f32 + 1e-3;
    // Products of a few lines at a time: a logarithm costs more than a multiplication.
    let logs: f32 =
        band.chunks(3).map(|lines| lines.iter().map(|p| p / mean + 1e-9).product::<f32>().ln()).sum();
    4.343 * logs / band.len() as f32
}

/// The best repetition at 75 to 400 Hz.
fn harmony(power: &[f32; LINES]) -> (f32, f32) {
    let again = autocorrelation(power);
    let whole = again[0].max(1.0);
    let mut best = (0.0, SHORTEST_LAG);
    for lag in SHORTEST_LAG..=LONGEST_LAG {
        if again[lag] < again[lag - 1] || again[lag] < again[lag + 1] {
            continue;
        }
        // The window makes long lags weaker than they are.
        let strength = again[lag] / whole / (1.0 - lag as f32 / 160.0).max(0.2);
        if strength > best.0 {
            best = (strength, lag);
        }
    }
    (best.0.min(1.0), 8000.0 / best.1 as f32)
}

/// The mean square of a sine of 0 dBm0 (G.711: full scale is +3.14).
const ZERO_DBM0: f32 = 2.5e8;
/// Fainter frames, in dBm0, are not asked for their peaks, to save time.
const QUIET: f32 = -60.0;
/// Frames of 20 ms.
const TURN: usize = 5;
/// Lines to each side of a peak that belong to it.
const SPREAD: usize = 3;
const SHORTEST_LAG: usize = 20;
const LONGEST_LAG: usize = 106;
