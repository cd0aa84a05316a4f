//! Agents free against people who answer, at one moment ahead: a distribution.

use super::learn::normal;

/// How many of the agents are taken at one moment; every call and agent is an independent chance.
#[derive(Clone, Debug)]
pub(super) enum Balance {
    /// Chance of each number of agents taken, from none; that all are taken is what is left of 1.
    Exact(Vec<f64>),
    /// (People due) − (agents free): mean, variance and third cumulant.
    Normal { mean: f64, variance: f64, third: f64 },
}

/// Up to this many agents the distribution is computed whole.
const WHOLE: usize = 40;

impl Balance {
    /// `ready` agents wait; each of `freeing` is the chance that one more is free by then.
    pub fn new(ready: usize, freeing: impl ExactSizeIterator<Item = f64>) -> Self {
        let agents = ready + freeing.len();
        let mut balance = if agents <= WHOLE {
            Self::Exact((0..agents).map(|taken| if taken == 0 { 1.0 } else { 0.0 }).collect())
        } else {
            Self::Normal { mean: -(agents as f64), variance: 0.0, third: 0.0 }
        };
        freeing.for_each(|chance| balance.take(1.0 - chance));
        balance
    }

    /// One more agent is taken with this chance.
    pub fn take(&mut self, chance: f64) {
        match self {
            Self::Exact(taken) => {
                let mut before = 0.0;
                for share in taken {
                    let here = *share;
                    *share = here * (1.0 - chance) + before * chance;
                    before = here;
                }
            }
            Self::Normal { mean, variance, third } => {
                let spread = chance * (1.0 - chance);
                *mean += chance;
                *variance += spread;
                *third += spread * (1.0 - 2.0 * chance);
            }
        }
    }

    /// Chance that one more person finds nobody.
    pub fn nobody(&self) -> f64 {
        match *self {
            Self::Exact(ref taken) => (1.0 - taken.iter().sum::<f64>()).clamp(0.0, 1.0),
            Self::Normal { mean, variance, .. } if variance < 1e-9 => f64::from(u8::from(mean >= -0.5)),
            Self::Normal { mean, variance, third } => {
                // Edgeworth's first correction of the normal tail.
                let sigma = variance.sqrt();
                let x = (-0.5 - mean) / sigma;
                let bell = (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
                let below = normal(x) + third / (variance * sigma) * (1.0 - x * x) * bell / 6.0;
                (1.0 - below).clamp(0.0, 1.0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_calls_for_one_agent_leave_one_with_nobody_when_both_are_answered() {
        let mut balance = Balance::new(1, std::iter::empty::<f64>());
        assert_eq!(balance.nobody(), 0.0);
        balance.take(0.3);
        assert!((balance.nobody() - 0.3).abs() < 1e-12);
    }

    #[test]
    fn with_no_agent_everybody_finds_nobody() {
        assert_eq!(Balance::new(0, std::iter::empty::<f64>()).nobody(), 1.0);
    }

    #[test]
    fn the_normal_tail_agrees_with_the_whole_distribution() {
        let busy = |count: usize| std::iter::repeat_n(0.4, count);
        let mut exact = Balance::new(10, busy(30));
        let mut normal = Balance::Normal { mean: -40.0, variance: 0.0, third: 0.0 };
        busy(30).for_each(|chance| normal.take(1.0 - chance));
        for _ in 0..60 {
            exact.take(0.25);
            normal.take(0.25);
        }
        assert!((exact.nobody() - normal.nobody()).abs() < 0.003, "{} {}", exact.nobody(), normal.nobody());
    }
}
