//! Draws from a seed: each purpose and number has its own generator.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// The seed of a scenario.
#[derive(Clone, Copy, Debug)]
pub(super) struct Luck(u64);

/// What a draw is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    AgentsDay = 1,
    AgentsSpeed,
    Dial,
    ListPart,
    Wave,
}

/// The draws of one purpose and number.
#[derive(Debug)]
pub(super) struct Draws(Pcg64Mcg);

impl Luck {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn draws(self, purpose: Purpose, number: u64) -> Draws {
        let key =
            [purpose as u64, number].into_iter().fold(mixed(self.0), |key, part| mixed(key ^ mixed(part)));
        Draws(Pcg64Mcg::seed_from_u64(key))
    }
}

/// A number whose every bit hangs on every bit of the other (the finisher of SplitMix64).
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

impl Draws {
    /// Between 0 and 1, neither included.
    pub fn share(&mut self) -> f64 {
        self.0.random::<f64>().clamp(1e-12, 1.0 - 1e-12)
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
        radius * (std::f64::consts::TAU * self.share()).cos()
    }

    /// Log-normal by median and sigma of the logarithm.
    pub fn around(&mut self, (median, sigma): (f64, f64)) -> f64 {
        median * (sigma * self.normal()).exp()
    }

    /// Log-normal by mean and coefficient of variation.
    pub fn spread(&mut self, (mean, variation): (f64, f64)) -> f64 {
        let variance = (1.0 + variation * variation).ln();
        mean * (variance.sqrt() * self.normal() - 0.5 * variance).exp()
    }
}
