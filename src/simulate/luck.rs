//! Draws from a seed: each purpose and number has its own generator.
//!
//! Keys and draws are those of the pacing benchmark (its `README.md`, "World"), so that one scenario and seed is one
//! world, whether its days are run here or by the benchmark over the protocol. The generator is SplitMix64 (Steele,
//! Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).

use std::f64::consts::TAU;

/// The seed of a scenario.
#[derive(Clone, Copy, Debug)]
pub(super) struct Luck(u64);

/// What a draw is for; the numbers are part of its key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Dial = 1,
    ListPart = 2,
    Wave = 3,
    AgentsSpeed = 4,
    AgentsDay = 5,
}

/// The draws of one purpose and number.
#[derive(Debug)]
pub(super) struct Draws(u64);

/// What SplitMix64 adds at each step: the golden ratio's share of 2^64.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

impl Luck {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn draws(self, purpose: Purpose, number: u64) -> Draws {
        let seed = mixed(self.0.wrapping_add(STEP));
        let purpose = mixed((purpose as u64).wrapping_mul(0xD1B5_4A32_D192_ED03).wrapping_add(1));
        let number = mixed(number.wrapping_mul(0x8CB9_2BA7_2F3D_8DD7).wrapping_add(7));
        Draws(mixed(mixed(seed ^ purpose) ^ number))
    }
}

/// A number whose every bit hangs on every bit of the other (the finisher of SplitMix64).
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

impl Draws {
    /// Between 0 and 1, neither included.
    pub fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(STEP);
        ((mixed(self.0) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    pub fn between(&mut self, (from, to): (f64, f64)) -> f64 {
        from + (to - from) * self.share()
    }

    /// Exponential with this mean.
    pub fn wait(&mut self, mean: f64) -> f64 {
        -mean * self.share().ln()
    }

    /// Normal with mean 0 and deviation 1 (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.share().ln()).sqrt();
        radius * (TAU * self.share()).cos()
    }

    /// Log-normal by median and sigma of the logarithm.
    pub fn around(&mut self, (median, sigma): (f64, f64)) -> f64 {
        (median.ln() + sigma * self.normal()).exp()
    }

    /// Log-normal by mean and coefficient of variation; without variation the mean, and no draw.
    pub fn spread(&mut self, (mean, variation): (f64, f64)) -> f64 {
        if variation <= 0.0 {
            return mean;
        }
        let variance = (1.0 + variation * variation).ln();
        (mean.ln() - 0.5 * variance + variance.sqrt() * self.normal()).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Printed by the benchmark's own generator: two draws, then a normal one.
    #[test]
    fn draws_are_the_benchmarks() {
        let known = [
            (1, Purpose::Dial, 0, [0.22816450673423666, 0.4525764610189165, 0.13440314702240955]),
            (1, Purpose::AgentsDay, 100_003, [0.028523549233849865, 0.44850275460105443, -1.162853740579607]),
            (47, Purpose::ListPart, 1_007, [0.9892858173575161, 0.7482549728216019, 0.37053226041762605]),
        ];
        for (seed, purpose, number, wanted) in known {
            let mut draws = Luck::new(seed).draws(purpose, number);
            let drawn = [draws.share(), draws.share(), draws.normal()];
            let apart = drawn.iter().zip(wanted).map(|(drawn, wanted)| (drawn - wanted).abs());
            assert!(apart.fold(0.0, f64::max) < 1e-12, "{seed} {purpose:?} {number}: {drawn:?}");
        }
    }
}
