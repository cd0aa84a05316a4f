//! How long something lasts, learned: counts by age, a weak prior.

/// A learned distribution of durations, in bins of equal width; all times are seconds.
#[derive(Clone, Debug)]
pub struct Ages {
    width: f64,
    counts: Vec<f64>,
    total: f64,
    /// What was learned since it was last taken away to be kept.
    fresh: Vec<f32>,
    /// Share that lasted no longer than each bin's beginning; one more entry than bins.
    below: Vec<f64>,
}

impl Ages {
    /// `bins` of `width`, the prior worth `weight` observations; `prior` is its cumulative share.
    pub fn new(width: f64, bins: usize, weight: f64, prior: impl Fn(f64) -> f64) -> Self {
        let edge = |nth: usize| if nth == bins { 1.0 } else { prior(nth as f64 * width) };
        let counts: Vec<f64> = (0..bins).map(|nth| weight * (edge(nth + 1) - edge(nth)).max(0.0)).collect();
        let mut ages =
            Self { width, counts, total: weight, fresh: vec![0.0; bins], below: vec![0.0; bins + 1] };
        ages.take(&ages.counts.clone());
        ages
    }

    /// Notes one that lasted `age`. Seen by the questions below after `settle`.
    pub fn learn(&mut self, age: f64) {
        let bin = self.bin(age);
        self.counts[bin] += 1.0;
        self.total += 1.0;
        self.fresh[bin] += 1.0;
    }

    /// What was learned since the last time this was asked: bins, and how many ended in each.
    pub fn take_fresh(&mut self) -> Vec<(u16, f32)> {
        let counts = self.fresh.iter_mut().map(std::mem::take).enumerate();
        counts.filter(|(_, count)| *count > 0.0).map(|(bin, count)| (bin as u16, count)).collect()
    }

    /// Knows again what was learned before; of a bin that is none of these nothing.
    pub fn recall(&mut self, bin: usize, count: f64) {
        if let Some(known) = self.counts.get_mut(bin) {
            *known += count;
            self.total += count;
        }
    }

    /// The questions below are answered by these weights of the bins.
    pub(super) fn take(&mut self, weights: &[f64]) {
        let whole: f64 = weights.iter().sum();
        if whole <= 0.0 {
            return;
        }
        let mut sum = 0.0;
        for (below, weight) in self.below[1..].iter_mut().zip(weights) {
            sum += weight / whole;
            *below = sum;
        }
    }

    pub(super) fn halve(&mut self) {
        self.counts.iter_mut().for_each(|count| *count *= 0.5);
        self.total *= 0.5;
    }

    pub(super) fn counts(&self) -> &[f64] {
        &self.counts
    }

    pub(super) fn total(&self) -> f64 {
        self.total
    }

    pub(super) fn bin(&self, age: f64) -> usize {
        ((age / self.width).max(0.0) as usize).min(self.counts.len() - 1)
    }

    /// Share that lasts no longer than `age`.
    pub fn ended_by(&self, age: f64) -> f64 {
        if age <= 0.0 {
            return 0.0;
        }
        let at = age / self.width;
        let bin = at as usize;
        if bin >= self.counts.len() {
            return 1.0;
        }
        self.below[bin] + (at - bin as f64) * (self.below[bin + 1] - self.below[bin])
    }

    /// Share that lasts longer than `age`; never quite nothing, so that it may divide.
    pub fn lasts(&self, age: f64) -> f64 {
        (1.0 - self.ended_by(age)).max(1e-6)
    }

    /// Ends per second at `age`, of all that began.
    pub fn density(&self, age: f64) -> f64 {
        let bin = self.bin(age);
        (self.below[bin + 1] - self.below[bin]) / self.width
    }

    /// The age below which the share `part` has ended.
    pub fn quantile(&self, part: f64) -> f64 {
        let bin = self.below.partition_point(|&below| below < part).saturating_sub(1);
        let bin = bin.min(self.counts.len() - 1);
        let (from, to) = (self.below[bin], self.below[bin + 1]);
        let inside = if to > from { ((part - from) / (to - from)).clamp(0.0, 1.0) } else { 0.5 };
        (bin as f64 + inside) * self.width
    }
}

/// Cumulative share of the log-normal distribution with this `median` and sigma of the logarithm.
pub fn log_normal(median: f64, sigma: f64) -> impl Fn(f64) -> f64 {
    move |age| if age <= 0.0 { 0.0 } else { normal((age / median).ln() / sigma) }
}

/// Cumulative share of the standard normal distribution (Abramowitz and Stegun, 7.1.26; error below 2e-7).
pub fn normal(x: f64) -> f64 {
    const TERMS: [f64; 5] = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592];
    let z = x.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let sum = TERMS.iter().fold(0.0, |sum, term| sum * t + term) * t;
    let upper = 0.5 * sum * (-z * z).exp();
    if x >= 0.0 { 1.0 - upper } else { upper }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::settle;
    use super::*;

    #[test]
    fn what_was_seen_outweighs_the_prior() {
        let mut ages = Ages::new(1.0, 60, 10.0, log_normal(5.0, 0.5));
        (0..1000).for_each(|_| ages.learn(30.5));
        settle([&mut ages], std::iter::empty());
        assert!((ages.quantile(0.5) - 30.5).abs() < 0.6, "{}", ages.quantile(0.5));
    }

    proptest! {
        #[test]
        fn shares_rise_with_age_and_stay_between_none_and_all(
            seen in prop::collection::vec(-5.0_f64..500.0, 0..200),
            mut at in prop::collection::vec(-5.0_f64..500.0, 2..20),
        ) {
            let mut ages = Ages::new(0.5, 96, 10.0, log_normal(12.0, 0.5));
            seen.into_iter().for_each(|age| ages.learn(age));
            settle([&mut ages], std::iter::empty());
            at.sort_by(f64::total_cmp);
            let shares: Vec<f64> = at.iter().map(|&age| ages.ended_by(age)).collect();
            prop_assert!(shares.windows(2).all(|pair| pair[0] <= pair[1] + 1e-12));
            prop_assert!(shares.iter().all(|share| (0.0..=1.0 + 1e-12).contains(share)));
        }
    }
}
