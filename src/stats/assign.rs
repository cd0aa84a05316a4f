//! Fair assignment: each agent gets as many accounts as any other, one more at most, of about the same value.

/// What an agent holds before he is given more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Holds {
    /// Accounts of the currency that is divided, and what they owe in its minor units.
    pub accounts: u64,
    pub value_minor: i64,
    /// Accounts of all other currencies.
    pub elsewhere: u64,
}

/// Whose each account is, by its place in `values` (what is owed, minor units of one currency): an agent by his place in
/// `held`. From the largest account down, in rounds: in each round every agent gets one, who holds least the largest; who
/// holds more accounts than others sits out until they have caught up. The last round, which is not for all, is for those
/// with the fewest accounts of all currencies: so no one gets the rest of each.
pub fn assign(values: &[i64], held: &[Holds]) -> Vec<usize> {
    let mut all = held.to_vec();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|&place| (std::cmp::Reverse(values[place]), place));
    let mut whose = vec![0; values.len()];
    for (given, place) in order.into_iter().enumerate() {
        let fewest = all.iter().map(|it| it.accounts).min();
        let last_round = all.iter().filter(|it| Some(it.accounts) == fewest).count() > values.len() - given;
        let total = |it: &Holds| if last_round { it.accounts + it.elsewhere } else { 0 };
        let next = (0..all.len()).min_by_key(|&agent| {
            let it = &all[agent];
            (it.accounts, total(it), it.value_minor, agent)
        });
        let Some(agent) = next else { return Vec::new() };
        whose[place] = agent;
        all[agent].accounts += 1;
        all[agent].value_minor += values[place];
    }
    whose
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_next_largest_account_goes_to_who_holds_least() {
        let nothing = Holds::default();
        assert_eq!(assign(&[100, 90, 50, 40, 30, 10], &[nothing, nothing]), [0, 1, 1, 0, 0, 1]);
        assert_eq!(assign(&[5, 7], &[]), Vec::<usize>::new());
        let more = Holds { accounts: 2, value_minor: 40, ..nothing };
        assert_eq!(assign(&[5, 7, 9], &[more, nothing]), [1, 1, 1], "who was there before waits");
    }

    #[test]
    fn the_rest_goes_to_who_has_the_fewest_accounts_of_all_currencies() {
        let elsewhere = |elsewhere| Holds { elsewhere, ..Holds::default() };
        assert_eq!(assign(&[9], &[elsewhere(1), elsewhere(0)]), [1]);
        // In a whole round all get one, and who is first is decided by value alone.
        assert_eq!(assign(&[9, 7, 5], &[elsewhere(1), elsewhere(0)]), [0, 1, 1]);
    }

    proptest! {
        #[test]
        fn nobody_has_two_more_or_much_more(values in proptest::collection::vec(0_i64..1_000_000, 0..200), agents in 1_usize..12) {
            let whose = assign(&values, &vec![Holds::default(); agents]);
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
