//! One frame's sound: how loud, and whether it is a tone or two.

use std::f32::consts::TAU;
use std::sync::LazyLock;

use super::FRAME;

/// What is in 20 ms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sound {
    /// Level in dBm0 (a full-scale sine is +3.14); -90 for digital silence.
    pub level: f32,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Quiet,
    /// Speech, noise, music.
    Rough,
    /// One steady tone, in Hz.
    Tone(f32),
    /// Two that belong together, by their nominal frequencies, the lower first.
    TwoTones(f32, f32),
}

/// Analyses a frame.
pub(super) fn analyse(frame: &[i16; FRAME]) -> Sound {
    let x = frame.map(f32::from);
    let energy = dot(&x, &x);
    let level = 10.0 * ((energy / FRAME as f32).max(1e-3) / ZERO_DBM0).log10();
    if level < FAINTEST {
        return Sound { level: level.max(-90.0), kind: Kind::Quiet };
    }
    let pair = || PAIRS_OF_TONES.iter().find(|pair| pair.fits(&x, energy)).map(|pair| pair.kind);
    Sound { level, kind: pair().or_else(|| one_tone(&x)).unwrap_or(Kind::Rough) }
}

/// One tone of any frequency.
///
/// The correlations `y[k]` of the frame's end with itself `k` samples before are as free of noise as many products
/// make them, and obey the same recurrence as the sound: `y[k-1] + y[k+1] = 2 cos(w) y[k]`. A least-squares fit gives
/// the frequency, its remainder tells whether that is all there is.
fn one_tone(x: &[f32; FRAME]) -> Option<Kind> {
    let y: [f32; LAGS] = std::array::from_fn(|k| dot(&x[LAGS..], &x[LAGS - k..FRAME - k]));
    // Lag 0 holds all the noise: leave it out.
    let triples = || y[1..].windows(3).map(|y| (y[0] + y[2], y[1]));
    let (cross, power) =
        triples().fold((0.0, 0.0), |(c, p), (sum, middle)| (c + sum * middle, p + middle * middle));
    let factor = cross / power.max(1.0);
    let rest: f32 = triples().map(|(sum, middle)| (sum - factor * middle).powi(2)).sum();
    (rest < PURE * power).then(|| hertz(factor)).flatten().map(Kind::Tone)
}

/// Two tones that networks send together, as four orthonormal waves of a frame's length: the lower tone's two phases,
/// and what the higher one's add to them.
#[derive(Debug)]
struct Pair {
    kind: Kind,
    waves: [[f32; FRAME]; 4],
    high: [[f32; FRAME]; 2],
}

/// Busy and reorder, ringing of North America; ringing of Britain.
static PAIRS_OF_TONES: LazyLock<[Pair; 3]> =
    LazyLock::new(|| [Pair::new(480.0, 620.0), Pair::new(440.0, 480.0), Pair::new(400.0, 450.0)]);

impl Pair {
    fn new(low: f32, high: f32) -> Self {
        let wave = |hertz: f32, quarter: f32| -> [f32; FRAME] {
            std::array::from_fn(|n| (TAU * (hertz * n as f32 / 8000.0 + quarter / 4.0)).cos())
        };
        let mut waves = [wave(low, 0.0), wave(low, 1.0), wave(high, 0.0), wave(high, 1.0)];
        orthonormalise(&mut waves);
        let mut alone = [wave(high, 0.0), wave(high, 1.0)];
        orthonormalise(&mut alone);
        Self { kind: Kind::TwoTones(low, high), waves, high: alone }
    }

    /// Whether both tones are there, and next to nothing else.
    fn fits(&self, x: &[f32; FRAME], energy: f32) -> bool {
        let share =
            |waves: &[[f32; FRAME]]| waves.iter().map(|wave| dot(wave, x).powi(2)).sum::<f32>() / energy;
        share(&self.waves) > BOTH && share(&self.waves[..2]) < ALONE && share(&self.high) < ALONE
    }
}

/// Gram and Schmidt's way.
fn orthonormalise(waves: &mut [[f32; FRAME]]) {
    for n in 0..waves.len() {
        let (done, rest) = waves.split_at_mut(n);
        for before in done {
            let along = dot(before, &rest[0]);
            rest[0].iter_mut().zip(before).for_each(|(x, b)| *x -= along * *b);
        }
        let length = dot(&rest[0], &rest[0]).sqrt();
        rest[0].iter_mut().for_each(|x| *x /= length);
    }
}

/// In eight sums, which a compiler may keep in vectors; a sum of floats in order it may not. Lengths: multiples of 8.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        for n in 0..8 {
            sums[n] += a[n] * b[n];
        }
    }
    sums.iter().sum()
}

/// The frequency whose `2 cos w` this is; `None` for what no telephone tone has.
fn hertz(factor: f32) -> Option<f32> {
    let hertz = (factor / 2.0).acos() / TAU * 8000.0;
    (LOWEST..HIGHEST).contains(&hertz).then_some(hertz)
}

const LAGS: usize = 48;
/// The mean square of a sine of 0 dBm0 (G.711: full scale is +3.14).
const ZERO_DBM0: f32 = 2.5e8;
/// Below this there is nothing to hear.
const FAINTEST: f32 = -50.0;
/// The share that may be left over.
const PURE: f32 = 0.003;
const BOTH: f32 = 0.93;
const ALONE: f32 = 0.8;
const LOWEST: f32 = 250.0;
const HIGHEST: f32 = 3600.0;

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A sum of tones (Hz, peak) with a phase that runs on from `start` samples.
    pub fn tones(parts: &[(f32, f32)], start: usize) -> [i16; FRAME] {
        std::array::from_fn(|n| {
            let t = (start + n) as f32 / 8000.0;
            parts.iter().map(|(hertz, peak)| peak * (TAU * hertz * t).sin()).sum::<f32>() as i16
        })
    }

    /// Noise of a seed and peak, the same every time.
    pub fn noise(seed: u32, peak: i32) -> [i16; FRAME] {
        let mut state = seed.wrapping_mul(2_654_435_761).max(1);
        std::array::from_fn(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            ((state >> 8) as i32 % (2 * peak + 1) - peak) as i16
        })
    }

    #[test]
    fn one_tone_is_measured_within_two_hertz_from_400_to_2500() {
        for hertz in [400.0, 425.0, 440.0, 950.0, 1000.0, 1100.0, 1400.0, 2000.0, 2100.0, 2500.0] {
            for start in [0, 7, 31] {
                let Kind::Tone(found) = analyse(&tones(&[(hertz, 6000.0)], start)).kind else {
                    panic!("{hertz} Hz is a tone")
                };
                assert!((found - hertz).abs() < 2.0, "{found} for {hertz}");
            }
        }
    }

    #[test]
    fn a_tone_in_noise_20_db_below_is_still_a_tone() {
        let (tone, noise) = (tones(&[(425.0, 6000.0)], 0), noise(7, 700));
        let mixed = std::array::from_fn(|n| tone[n] + noise[n]);
        let Kind::Tone(found) = analyse(&mixed).kind else { panic!("{:?}", analyse(&mixed)) };
        assert!((found - 425.0).abs() < 12.0, "{found}");
    }

    #[test]
    fn two_tones_are_told_apart() {
        for (low, high) in [(480.0, 620.0), (440.0, 480.0), (400.0, 450.0)] {
            for start in [0, 60, 111, 160, 333] {
                let kind = analyse(&tones(&[(low * 1.01, 5000.0), (high * 1.01, 4000.0)], start)).kind;
                assert_eq!(kind, Kind::TwoTones(low, high), "at {start}");
            }
        }
    }

    #[test]
    fn noise_and_silence_are_no_tones() {
        for seed in 1..50 {
            assert_eq!(analyse(&noise(seed, 5000)).kind, Kind::Rough);
        }
        assert_eq!(analyse(&[0; FRAME]).kind, Kind::Quiet);
    }
}
