//! The Pareto curve: how much of the money how few of the accounts hold.

/// A point of the curve: the largest `accounts` together hold `value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct ParetoPoint {
    pub accounts: u64,
    pub value: i64,
}

/// The curve of a set of values, from the largest down, at each hundredth of the accounts; the last point is the
/// total. Values below nothing count as nothing.
pub fn pareto(mut values: Vec<i64>) -> Vec<ParetoPoint> {
    values.sort_unstable_by(|a, b| b.cmp(a));
    let count = values.len();
    let mut points = Vec::with_capacity(101);
    let mut value = 0;
    for (nth, one) in (1..).zip(values) {
        value += one.max(0);
        // Whole hundredths passed by this account, so that a short list has a point for each of its accounts.
        if nth * 100 / count > (nth - 1) * 100 / count {
            points.push(ParetoPoint { accounts: nth as u64, value });
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_fifth_of_the_accounts_may_hold_four_fifths() {
        let values = [vec![400; 20], vec![25; 80]].concat();
        let curve = pareto(values);
        assert_eq!(curve[19], ParetoPoint { accounts: 20, value: 8_000 });
        assert_eq!(curve[99], ParetoPoint { accounts: 100, value: 10_000 });
        assert!(pareto(Vec::new()).is_empty());
    }

    proptest! {
        #[test]
        fn the_curve_rises_ever_slower_to_the_total(values in proptest::collection::vec(0_i64..1000, 1..400)) {
            let (count, total) = (values.len() as u64, values.iter().sum::<i64>());
            let curve = pareto(values);
            prop_assert!(curve.len() <= 100);
            prop_assert_eq!(curve.last(), Some(&ParetoPoint { accounts: count, value: total }));
            for pair in curve.windows(2) {
                prop_assert!(pair[0].accounts < pair[1].accounts && pair[0].value <= pair[1].value);
                let mean = |p: &ParetoPoint| p.value as f64 / p.accounts as f64;
                prop_assert!(mean(&pair[1]) <= mean(&pair[0]) + 1e-9);
            }
        }
    }
}
