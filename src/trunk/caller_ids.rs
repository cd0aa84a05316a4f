//! Which number is shown: always the same one for a debt, as long as it is ours.

use super::{CallerIdStatus, TrunkPlan};
use crate::domain::{DebtId, PhoneNumber};

/// The number to show for `debt` on `trunk`; `wanted` are the campaign's numbers, empty for any. `None`: no
/// allocated number is left, and without one no call may go.
///
/// Each debt ranks the numbers by a hash of both (rendezvous hashing), so nothing has to be remembered: the same
/// pool gives the same number in every process, and a number that is withdrawn moves its own debts only.
pub fn caller_id<'a>(trunk: &'a TrunkPlan, wanted: &[PhoneNumber], debt: DebtId) -> Option<&'a PhoneNumber> {
    let allocated = trunk.caller_ids.iter().filter(|id| id.status == CallerIdStatus::Allocated);
    let ours = allocated.map(|id| &id.number).filter(|&number| wanted.is_empty() || wanted.contains(number));
    ours.max_by_key(|number| (rank(debt, number), *number))
}

/// FNV-1a over the number's digits and the debt's id, mixed once more: stable for ever, unlike the standard
/// library's hasher.
fn rank(debt: DebtId, number: &PhoneNumber) -> u64 {
    let bytes = number.digits().bytes().chain(debt.0.to_le_bytes());
    let fnv = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (fnv ^ (fnv >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 29)
}

#[cfg(test)]
mod tests {
    use super::super::testing::trunk;
    use super::*;
    use crate::trunk::CallerId;

    fn numbers(count: u32) -> Vec<PhoneNumber> {
        (0..count).map(|n| PhoneNumber::parse(&format!("+749500000{n:02}")).expect("E.164")).collect()
    }

    fn with_ids(numbers: &[PhoneNumber]) -> TrunkPlan {
        let mut plan = trunk("main");
        let id =
            |number: &PhoneNumber| CallerId { number: number.clone(), status: CallerIdStatus::Allocated };
        plan.caller_ids = numbers.iter().map(id).collect();
        plan
    }

    #[test]
    fn a_withdrawn_number_moves_its_own_debts_only() {
        let (numbers, mut plan) = (numbers(5), with_ids(&numbers(5)));
        let shown = |plan: &TrunkPlan, debt| caller_id(plan, &[], DebtId(debt)).cloned().expect("a number");
        let before: Vec<_> = (0..500).map(|debt| shown(&plan, debt)).collect();
        plan.caller_ids[2].status = CallerIdStatus::Withdrawn;
        for (debt, was) in (0..500).zip(before) {
            let is = shown(&plan, debt);
            assert_ne!(is, numbers[2]);
            assert!(is == was || was == numbers[2], "debt {debt} moved without need");
        }
    }

    #[test]
    fn every_number_of_the_pool_gets_its_share() {
        let (numbers, plan) = (numbers(4), with_ids(&numbers(4)));
        for number in &numbers {
            let debts = (0..4000).filter(|&debt| caller_id(&plan, &[], DebtId(debt)) == Some(number));
            assert!((800..1200).contains(&debts.count()), "{number}");
        }
    }

    #[test]
    fn a_number_that_is_not_allocated_is_never_shown() {
        let mut plan = with_ids(&numbers(1));
        plan.caller_ids[0].status = CallerIdStatus::Withdrawn;
        assert_eq!(caller_id(&plan, &[], DebtId(1)), None);
        let foreign = PhoneNumber::parse("+74951112233").expect("E.164");
        assert_eq!(caller_id(&with_ids(&numbers(2)), &[foreign], DebtId(1)), None);
    }
}
