//! Changes the rate of samples by a windowed sinc, one table a ratio.

use std::f32::consts::PI;

/// Zero crossings of the sinc on each side: more than 60 dB down where the band ends.
const CROSSINGS: usize = 24;
/// The pass band ends this share below half of the lower rate.
const PASS: f32 = 0.92;

/// The same sound at another rate, Hz; what lies above half of the new rate is filtered out. Values stay within 16 bits.
pub(super) fn resample(samples: &[f32], from: u32, to: u32) -> Vec<f32> {
    if from == to || samples.is_empty() {
        return samples.to_vec();
    }
    let common = gcd(from, to);
    let (step, phases) = ((from / common) as usize, (to / common) as usize);
    let table = Table::new(step, phases);
    let count = samples.len() * phases / step;
    let at = |n: usize| {
        let place = n * step;
        table.sum(samples, place / phases, place % phases).clamp(-32768.0, 32767.0)
    };
    (0..count).map(at).collect()
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The sinc's values for every place between two samples that may come up.
struct Table {
    /// Samples taken on each side.
    half: usize,
    rows: Vec<Vec<f32>>,
}

impl Table {
    fn new(step: usize, phases: usize) -> Self {
        // Of the old rate's band, the share that fits into the new one.
        let share = (phases as f32 / step as f32).min(1.0) * PASS;
        let half = (CROSSINGS as f32 / share).ceil() as usize;
        let rows = (0..phases).map(|phase| row(half, phase as f32 / phases as f32, share)).collect();
        Self { half, rows }
    }

    /// The sound at `phase` after the sample `at`.
    fn sum(&self, samples: &[f32], at: usize, phase: usize) -> f32 {
        // The row begins `half − 1` samples before `at`; what lies outside of the sound is silence.
        let first = at as isize + 1 - self.half as isize;
        let cut = usize::try_from(-first).unwrap_or(0);
        let here = samples.get(usize::try_from(first).unwrap_or(0)..).unwrap_or(&[]);
        self.rows[phase].iter().skip(cut).zip(here).map(|(weight, sample)| weight * sample).sum()
    }
}

fn row(half: usize, phase: f32, share: f32) -> Vec<f32> {
    let weights = (0..2 * half).map(|k| {
        let x = k as f32 + 1.0 - half as f32 - phase;
        let window = f32::midpoint(1.0, (PI * x / half as f32).cos());
        if x.abs() < half as f32 { share * sinc(share * x) * window } else { 0.0 }
    });
    let weights: Vec<f32> = weights.collect();
    let sum: f32 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

fn sinc(x: f32) -> f32 {
    if x.abs() < 1e-6 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(rate: u32, hertz: f32) -> Vec<f32> {
        (0..rate).map(|n| (n as f32 / rate as f32 * hertz * 2.0 * PI).sin() * 10_000.0).collect()
    }

    /// dB of the middle of a second of sound against a full tone.
    fn level(samples: &[f32]) -> f32 {
        let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
        let power = middle.iter().map(|s| s * s).sum::<f32>() / middle.len() as f32;
        10.0 * (power / 5e7).log10()
    }

    #[test]
    fn a_tone_in_the_telephones_band_keeps_its_level_and_place() {
        for rate in [11_025, 16_000, 22_050, 44_100, 48_000] {
            let made = resample(&tone(rate, 1000.0), rate, 8000);
            assert_eq!(made.len(), 8000);
            let expected = tone(8000, 1000.0);
            let off = made[1000..7000].iter().zip(&expected[1000..7000]).map(|(a, b)| (a - b).abs());
            assert!(off.fold(0.0, f32::max) < 60.0, "{rate} Hz");
        }
    }

    #[test]
    fn what_the_new_rate_cannot_carry_does_not_come_back_as_another_tone() {
        for (rate, hertz) in [(16_000, 4_400.0), (22_050, 5_000.0), (48_000, 7_000.0), (44_100, 12_000.0)] {
            let left = level(&resample(&tone(rate, hertz), rate, 8000));
            assert!(left < -40.0, "{hertz} Hz at {rate}: {left} dB");
        }
    }

    #[test]
    fn a_lower_rate_is_brought_up() {
        let made = resample(&tone(4000, 1000.0), 4000, 8000);
        assert_eq!(made.len(), 8000);
        assert!(level(&made).abs() < 0.2);
    }
}
