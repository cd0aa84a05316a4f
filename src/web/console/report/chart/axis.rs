//! An axis: round steps, and what stands at them.

use crate::domain::Language;
use crate::stats::SheetCell;

/// A sign of an axis's words is so wide.
const SIGN: f64 = 8.5;

/// From a round number to a round number, in round steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    pub low: f64,
    pub high: f64,
    step: f64,
}

impl Axis {
    /// From 0, or below it, to a round number not below any of the values.
    pub fn around(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = values.fold((0.0_f64, 0.0_f64), |(low, high), it| (low.min(it), high.max(it)));
        let long = step(high - low);
        let low = (low / long).floor() * long;
        let high = ((high / long).ceil() * long).max(low + long);
        Self { low, high, step: step(high - low) }
    }

    /// Each step with its words, of as many digits as tell them apart.
    pub fn steps(self, language: Language) -> Vec<(f64, String)> {
        let count = ((self.high - self.low) / self.step).round() as u32;
        let digits = (-(self.step * 1.000_001).log10().floor()).max(0.0) as usize;
        let value = |nth| self.low + f64::from(nth) * self.step;
        (0..=count).map(|nth| (value(nth), SheetCell::Decimal(value(nth), digits).text(language))).collect()
    }

    /// Room for the longest of its words.
    pub fn words_wide(self, language: Language) -> f64 {
        let longest = self.steps(language).iter().map(|(_, word)| word.chars().count()).max();
        longest.unwrap_or(0) as f64 * SIGN
    }
}

/// A round step that makes four to ten of a length.
fn step(long: f64) -> f64 {
    let long = if long > 0.0 { long } else { 1.0 };
    let tens = 10.0_f64.powf((long / 5.0).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|it| it * tens).find(|it| long / it <= 6.0).unwrap_or(10.0 * tens)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(values: &[f64], language: Language) -> Vec<String> {
        let axis = Axis::around(values.iter().copied());
        axis.steps(language).into_iter().map(|(_, word)| word).collect()
    }

    #[test]
    fn steps_are_round_and_written_as_the_language_writes_numbers() {
        assert_eq!(words(&[97.0], Language::En), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(words(&[0.17], Language::Ru), ["0,00", "0,05", "0,10", "0,15", "0,20"]);
        assert_eq!(words(&[-3.0, 1.9], Language::En), ["-3", "-2", "-1", "0", "1", "2"]);
        assert!(words(&[0.0], Language::En).len() > 2, "where there is nothing");
    }

    proptest! {
        #[test]
        fn no_two_steps_have_one_word(values in proptest::collection::vec(-1e6_f64..1e6, 1..5), small in 0_i32..9) {
            let values: Vec<f64> = values.into_iter().map(|it| it / 10_f64.powi(small)).collect();
            let mut told = words(&values, Language::Ru);
            prop_assert!((3..=13).contains(&told.len()), "{told:?}");
            told.dedup();
            let axis = Axis::around(values.iter().copied());
            prop_assert_eq!(told.len(), axis.steps(Language::Ru).len());
            prop_assert!(values.iter().all(|it| (axis.low..=axis.high).contains(it)));
        }
    }
}
