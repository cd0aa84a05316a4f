//! What calling brings that would not have come anyway: the called against those left alone by lot.
//!
//! Intention to treat: whoever was selected counts in the arm he was drawn into, reached or not, so that nobody's
//! willingness to answer decides the comparison. The unit is the person, who is drawn once a campaign.

use super::{Confidence, Estimate, Ratio, Sample};
use crate::domain::{CampaignId, PersonId};

/// Whether a person of a campaign is left alone. `seed` is the campaign's own and is stored, so that the lot stands
/// however often the campaign is filled, can be checked by anybody, and is independent between campaigns.
pub fn is_held_out(seed: u64, campaign: CampaignId, person: PersonId, percent: u8) -> bool {
    let mut lot = seed;
    for word in [campaign.0, person.0] {
        lot = mix(lot ^ word.cast_unsigned());
    }
    lot % 100 < u64::from(percent)
}

/// SplitMix64's step (Steele, Lea, Flood 2014): every bit of the input moves half of the output.
fn mix(word: u64) -> u64 {
    let mut z = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// One arm: its persons, those of them who paid within the window after their selection, and the sums paid.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
pub struct Arm {
    pub paid: u64,
    /// What each person paid within the window, in minor units; nothing counts as 0.
    pub sums: Sample,
}

impl Experiment {
    /// Persons left alone whom another campaign called within the window, of those left alone.
    pub fn elsewhere_share(self) -> Ratio {
        Ratio::new(self.called_elsewhere, self.left_alone.sums.count)
    }
}

impl Arm {
    /// Persons who paid, of the persons drawn into the arm.
    pub fn paid_share(self) -> Ratio {
        Ratio::new(self.paid, self.sums.count)
    }
}

/// A campaign's experiment.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
pub struct Experiment {
    pub called: Arm,
    pub left_alone: Arm,
    /// Persons left alone here whom another campaign called within the window: they tell less than they seem to.
    pub called_elsewhere: u64,
    /// What the calls cost, in minor units of the debts' currency.
    pub cost_minor: i64,
}

/// The effect of being called.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Uplift {
    /// Share of the called who paid, less that of those left alone.
    pub paid_share: Option<Estimate>,
    /// Mean sum a person, in minor units, less that of those left alone. `None` below thirty persons an arm.
    pub sum_each: Option<Estimate>,
    /// The same for all who were called: money that would not have come by itself.
    pub extra: Option<Estimate>,
    /// Cost over extra money. `None` unless the extra money is surely above nothing.
    pub cost_per_extra: Option<Estimate>,
    /// Too few persons or payers for a verdict; the intervals say how little is known.
    pub small: bool,
}

/// The least payers in each arm below which a difference is called small.
const FEW_PAYERS: u64 = 10;

/// Compares the arms. `lines`: how many experiments stand in the same table; their intervals hold all at once in 95
/// tables of 100, for the shares and for the sums each.
pub fn uplift(experiment: &Experiment, lines: usize) -> Uplift {
    let Experiment { called, left_alone, cost_minor, .. } = *experiment;
    let sure = Confidence::together(lines);
    let sum_each = Estimate::difference_of_means(called.sums, left_alone.sums, sure);
    let extra = sum_each.map(|each| each.times(called.sums.count as f64));
    let cost = cost_minor as f64;
    let cost_per_extra = extra.filter(|extra| extra.low > 0.0).map(|extra| Estimate {
        value: cost / extra.value,
        low: cost / extra.high,
        high: cost / extra.low,
    });
    Uplift {
        paid_share: Estimate::difference_of_shares(called.paid_share(), left_alone.paid_share(), sure),
        sum_each,
        extra,
        cost_per_extra,
        small: sum_each.is_none() || called.paid.min(left_alone.paid) < FEW_PAYERS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lot_falls_as_often_as_it_says_and_on_others_in_each_campaign() {
        let drawn = |campaign: i64| -> Vec<bool> {
            (0..20_000).map(|person| is_held_out(7, CampaignId(campaign), PersonId(person), 10)).collect()
        };
        let (one, other) = (drawn(1), drawn(2));
        for arm in [&one, &other] {
            let count = arm.iter().filter(|held| **held).count();
            assert!((1_850..=2_150).contains(&count), "{count} of 20,000");
        }
        let both = one.iter().zip(&other).filter(|(a, b)| **a && **b).count();
        assert!((140..=260).contains(&both), "{both} in both, where 200 are expected");
        assert!(!(0..1000).any(|person| is_held_out(7, CampaignId(1), PersonId(person), 0)));
    }

    #[test]
    fn an_empty_arm_says_nothing() {
        let found = uplift(&Experiment::default(), 1);
        assert!(found.small && found.paid_share.is_none() && found.extra.is_none());
    }

    #[test]
    fn money_that_would_have_come_anyway_has_no_price() {
        let mut arm = Arm::default();
        for nth in 0..1000 {
            let pays = nth % 5 == 0;
            arm.paid += u64::from(pays);
            arm.sums.add(if pays { 100_000 } else { 0 });
        }
        let found =
            uplift(&Experiment { called: arm, left_alone: arm, called_elsewhere: 0, cost_minor: 5_000 }, 1);
        assert!(!found.small && found.cost_per_extra.is_none());
        assert!(found.paid_share.expect("two arms").contains(0.0));
    }
}
