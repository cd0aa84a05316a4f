//! A share that carries its denominator and says how sure it is.

use std::fmt;

use super::Confidence;
use crate::domain::Language;

/// `numerator` of `denominator`; both are counts of the same kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Ratio {
    pub numerator: u64,
    pub denominator: u64,
}

impl Ratio {
    pub fn new(numerator: u64, denominator: u64) -> Self {
        Self { numerator, denominator }
    }

    /// The share in 0..=1, or nothing where there is nothing to divide by.
    pub fn share(self) -> Option<f64> {
        (self.denominator > 0).then(|| self.numerator as f64 / self.denominator as f64)
    }

    /// As people of the language write it.
    pub fn shown(self, language: Language) -> String {
        let text = self.to_string();
        language.pick(text.clone(), text.replace('.', ","))
    }

    /// Wilson's 95 % interval of the share (Wilson 1927): honest for small samples and shares near 0 or 1.
    pub fn interval(self) -> Option<(f64, f64)> {
        self.interval_at(Confidence::ALONE)
    }

    /// The same, as sure as asked.
    pub fn interval_at(self, sure: Confidence) -> Option<(f64, f64)> {
        let share = self.share()?;
        let (n, z) = (self.denominator as f64, sure.z());
        let spread = 1.0 + z * z / n;
        let centre = (share + z * z / (2.0 * n)) / spread;
        let half = z / spread * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
        Some(((centre - half).max(0.0), (centre + half).min(1.0)))
    }
}

/// `12/340 = 3.5 % (2.0–6.1)`; `0/0` where there is nothing to divide by.
impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)?;
        if let (Some(share), Some((low, high))) = (self.share(), self.interval()) {
            write!(f, " = {:.1} % ({:.1}–{:.1})", share * 100.0, low * 100.0, high * 100.0)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_ratio_prints_its_denominator_and_its_interval() {
        assert_eq!(Ratio::new(12, 340).to_string(), "12/340 = 3.5 % (2.0–6.1)");
        assert_eq!(Ratio::new(12, 340).shown(Language::Ru), "12/340 = 3,5 % (2,0–6,1)");
        assert_eq!(Ratio::new(0, 0).to_string(), "0/0");
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_share(n in 1_u64..100_000, k in 0_u64..100_000) {
            let ratio = Ratio::new(k.min(n), n);
            let (low, high) = ratio.interval().expect("a denominator");
            let share = ratio.share().expect("a denominator");
            prop_assert!(0.0 <= low && low <= share + 1e-12 && share <= high + 1e-12 && high <= 1.0);
        }
    }
}
