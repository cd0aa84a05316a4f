//! Fair assignment: each agent gets as many accounts as any other, one more at most, of about the same value.

/// Whose each account is, by its place in `values` (what is owed, minor units): an agent from 0 to `agents` - 1. `held` is
/// what each holds already, by number and value. From the largest account down, in rounds: in each round every agent
/// gets one, who holds least the largest; who holds more accounts than others sits out until they have caught up.
pub fn assign(values: &[i64], held: &[(u64, i64)]) -> Vec<usize> {
    let mut all = held.to_vec();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|&place| (std::cmp::Reverse(values[place]), place));
    let mut whose = vec![0; values.len()];
    for place in order {
        let next = (0..all.len()).min_by_key(|&agent| (all[agent], agent));
        let Some(agent) = next else { return Vec::new() };
        whose[place] = agent;
        all[agent].0 += 1;
        all[agent].1 += values[place];
    }
    whose
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_next_largest_account_goes_to_who_holds_least() {
        assert_eq!(assign(&[100, 90, 50, 40, 30, 10], &[(0, 0), (0, 0)]), [0, 1, 1, 0, 0, 1]);
        assert_eq!(assign(&[5, 7], &[]), Vec::<usize>::new());
        assert_eq!(assign(&[5, 7, 9], &[(2, 40), (0, 0)]), [1, 1, 1], "who was there before waits");
    }

    proptest! {
        #[test]
        fn nobody_has_two_more_or_much_more(values in proptest::collection::vec(0_i64..1_000_000, 0..200), agents in 1_usize..12) {
            let whose = assign(&values, &vec![(0, 0); agents]);
            let of = |agent| values.iter().zip(&whose).filter(move |(_, whose)| **whose == agent).map(|(value, _)| *value);
            let counts: Vec<usize> = (0..agents).map(|agent| of(agent).count()).collect();
            let sums: Vec<i64> = (0..agents).map(|agent| of(agent).sum()).collect();
            let spread = |list: &[i64]| list.iter().max().unwrap_or(&0) - list.iter().min().unwrap_or(&0);
            prop_assert!(counts.iter().max().unwrap_or(&0) - counts.iter().min().unwrap_or(&0) <= 1);
            // Never further apart than the largest account.
            prop_assert!(spread(&sums) <= *values.iter().max().unwrap_or(&0));
        }
    }
}
