//! Sums over a group of accounts, enough to compare two groups by their means.

/// One group: how many, and the first two power sums of a value in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
pub struct Sample {
    pub count: u64,
    pub sum: i64,
    /// The sum of squares; a float, since the squares of kopecks outgrow an integer.
    pub squares: f64,
}

impl Sample {
    /// Takes in one value.
    pub fn add(&mut self, value: i64) {
        self.count += 1;
        self.sum += value;
        self.squares += value as f64 * value as f64;
    }

    /// The mean in minor units; `None` of an empty group.
    pub fn mean(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    /// The squared standard error of the mean, by the unbiased variance; `None` below two values.
    pub fn error_squared(self) -> Option<f64> {
        let (mean, n) = (self.mean()?, self.count as f64);
        let variance = (self.squares - n * mean * mean).max(0.0) / (n - 1.0);
        (self.count > 1).then_some(variance / n)
    }
}
