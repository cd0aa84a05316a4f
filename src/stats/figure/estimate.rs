//! A value with the interval it is believed to lie in.

use super::{Confidence, Ratio, Sample};

/// `value`, and `low` to `high` around it.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Estimate {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

impl Estimate {
    /// The first share less the second, by Newcombe's hybrid of Wilson's intervals (Newcombe 1998, method 10):
    /// honest for small groups and shares near 0 or 1. `None` where a group is empty.
    pub fn difference_of_shares(first: Ratio, second: Ratio, sure: Confidence) -> Option<Self> {
        let (p1, p2) = (first.share()?, second.share()?);
        let ((l1, u1), (l2, u2)) = (first.interval_at(sure)?, second.interval_at(sure)?);
        let value = p1 - p2;
        Some(Self { value, low: value - (p1 - l1).hypot(u2 - p2), high: value + (u1 - p1).hypot(p2 - l2) })
    }

    /// The first mean less the second, variances unequal (Welch 1947), by the normal law: for groups of thirty and
    /// more. `None` where a group is smaller.
    pub fn difference_of_means(first: Sample, second: Sample, sure: Confidence) -> Option<Self> {
        if first.count.min(second.count) < 30 {
            return None;
        }
        let value = first.mean()? - second.mean()?;
        let half = sure.z() * (first.error_squared()? + second.error_squared()?).sqrt();
        Some(Self { value, low: value - half, high: value + half })
    }

    /// The first share over the second, by the log interval (Katz 1978). `None` where one of them is 0 or unknown.
    pub fn relative_share(first: Ratio, second: Ratio, sure: Confidence) -> Option<Self> {
        let value = first.share()? / second.share()?;
        if first.numerator == 0 || second.numerator == 0 {
            return None;
        }
        let of = |r: Ratio| 1.0 / r.numerator as f64 - 1.0 / r.denominator as f64;
        let half = sure.z() * (of(first) + of(second)).max(0.0).sqrt();
        Some(Self { value, low: value * (-half).exp(), high: value * half.exp() })
    }

    /// The same in other units.
    pub fn times(self, factor: f64) -> Self {
        let (a, b) = (self.low * factor, self.high * factor);
        Self { value: self.value * factor, low: a.min(b), high: a.max(b) }
    }

    /// Whether zero is outside: the effect is there, whatever its size.
    pub fn is_sure(self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }

    pub fn contains(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Newcombe 1998, table II: 56/70 less 48/80 is 0.0524 to 0.3339, 9/10 less 3/10 is 0.1705 to 0.8090.
    #[test]
    fn the_difference_of_shares_is_newcombes() {
        for (first, second, low, high) in [
            (Ratio::new(56, 70), Ratio::new(48, 80), 0.0524, 0.3339),
            (Ratio::new(9, 10), Ratio::new(3, 10), 0.1705, 0.8090),
            (Ratio::new(10, 10), Ratio::new(0, 20), 0.6791, 1.0),
        ] {
            let found =
                Estimate::difference_of_shares(first, second, Confidence::ALONE).expect("both groups");
            assert!((found.low - low).abs() < 1e-4 && (found.high - high).abs() < 1e-4, "{found:?}");
        }
    }

    #[test]
    fn small_groups_have_no_interval_of_means() {
        let mut few = Sample::default();
        (0..29).for_each(|value| few.add(value));
        let mut many = few;
        many.add(29);
        assert_eq!(Estimate::difference_of_means(few, many, Confidence::ALONE), None);
        let same = Estimate::difference_of_means(many, many, Confidence::ALONE).expect("thirty each");
        assert!(same.contains(0.0) && !same.is_sure());
    }

    #[test]
    fn a_share_of_nothing_has_no_relative_share() {
        assert_eq!(Estimate::relative_share(Ratio::new(0, 9), Ratio::new(3, 9), Confidence::ALONE), None);
    }

    proptest! {
        #[test]
        fn the_interval_holds_its_value(a in 1_u64..5000, n in 1_u64..5000, b in 1_u64..5000, m in 1_u64..5000) {
            let (first, second) = (Ratio::new(a.min(n), n), Ratio::new(b.min(m), m));
            for found in [Estimate::difference_of_shares, Estimate::relative_share] {
                let found = found(first, second, Confidence::ALONE).expect("both groups");
                prop_assert!(found.low <= found.value + 1e-12 && found.value <= found.high + 1e-12);
            }
        }
    }
}
