//! How far reviewers of the same calls agree: calibration.

use super::ReviewedCall;

/// The agreement over the calls that several have reviewed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Agreement {
    /// Calls that at least two have reviewed.
    pub calls: u64,
    /// Pairs of reviewers of the same call.
    pub pairs: u64,
    /// The differences of these pairs' raw marks, added up, in basis points.
    pub differences_bp: u64,
    /// Krippendorff's alpha over the criteria (values 0, 1/2 and 1, squared differences): 1 is full agreement, 0 what
    /// chance would give. `None` where nothing varies.
    pub alpha: Option<f64>,
}

impl Agreement {
    /// Looks at every call that several have reviewed.
    pub fn of(calls: &[ReviewedCall]) -> Self {
        let mut all = Self::default();
        let mut units: Vec<Vec<f64>> = Vec::new();
        for call in calls.iter().filter(|call| call.reviews.len() > 1) {
            all.calls += 1;
            for (at, first) in call.reviews.iter().enumerate() {
                for second in &call.reviews[at + 1..] {
                    all.pairs += 1;
                    all.differences_bp += u64::from(first.raw_bp.abs_diff(second.raw_bp));
                }
            }
            for key in call.reviews[0].marks.keys() {
                let marks = call.reviews.iter().filter_map(|review| review.marks.get(key)?.halves());
                units.push(marks.map(|halves| f64::from(halves) / 2.0).collect());
            }
        }
        all.alpha = alpha(&units);
        all
    }

    /// Mean absolute difference in basis points: the differences of all pairs / pairs.
    pub fn mean_difference_bp(&self) -> Option<f64> {
        (self.pairs > 0).then(|| self.differences_bp as f64 / self.pairs as f64)
    }
}

/// Krippendorff's alpha for interval data (Krippendorff 2011): 1 less the observed disagreement over the expected one. The
/// observed one is the mean squared difference within units, the expected one that over all pairable values.
fn alpha(units: &[Vec<f64>]) -> Option<f64> {
    let pairable: Vec<&Vec<f64>> = units.iter().filter(|values| values.len() > 1).collect();
    let all: Vec<f64> = pairable.iter().flat_map(|values| values.iter().copied()).collect();
    let n = all.len() as f64;
    let observed =
        pairable.iter().map(|values| squares(values) / (values.len() as f64 - 1.0)).sum::<f64>() / n;
    let expected = squares(&all) / (n * (n - 1.0));
    (all.len() > 1 && expected > 0.0).then(|| 1.0 - observed / expected)
}

/// The squared differences of all ordered pairs, added up: twice `n` times the sum of squares about the mean.
fn squares(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    2.0 * n * values.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Krippendorff's "Computing Krippendorff's Alpha-Reliability" (2011), section C: four observers, twelve
    /// units, values missing; 0.849 for interval data.
    #[test]
    fn alpha_is_krippendorffs() {
        let units: Vec<Vec<f64>> = [
            &[1.0, 1.0, 1.0][..],
            &[2.0, 2.0, 3.0, 2.0],
            &[3.0; 4],
            &[3.0; 4],
            &[2.0; 4],
            &[1.0, 2.0, 3.0, 4.0],
            &[4.0; 4],
            &[1.0, 1.0, 2.0, 1.0],
            &[2.0; 4],
            &[5.0; 3],
            &[1.0; 2],
            &[3.0],
        ]
        .iter()
        .map(|unit| unit.to_vec())
        .collect();
        let found = alpha(&units).expect("they vary");
        assert!((found - 0.849).abs() < 5e-4, "{found}");
        assert_eq!(alpha(&[vec![1.0, 1.0]]), None, "nothing varies");
        assert_eq!(alpha(&[]), None);
    }
}
