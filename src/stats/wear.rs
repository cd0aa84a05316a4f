//! Wear: what the n-th use of a channel on a debtor, over all his debts, brings against the first, and how much of the fall is the
//! channel's.
//!
//! Whoever reacts gets no later use, or fewer, so later uses meet those who react rarely: the share falls though nobody tires. How
//! fast it may fall for that reason alone has a limit. If each debtor has a chance of his own that never changes, the shares
//! of first reactions `f(n)` are a mixture of geometric ones, and these are log-convex: `f(n) / f(n - 1)` never gets smaller.
//! From the first two uses follows the least that any mixture of such people can give at a later one, the floor. Only what
//! is surely below it is wear. Where some who react get later uses nevertheless, about another debt, the same
//! floor holds (`tests/statistics_year.rs` tries it). Of the second use nothing can be said, and where people differ much, true wear hides among
//! their differences: a channel that is not found worn may be so.

use super::{Confidence, Estimate, Ratio};

/// One line of the wear table.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct WearRow {
    /// Which use of the channel on the debtor, from 1.
    pub nth: u32,
    /// Uses with a reaction within the window, of the uses with this number.
    pub reacted: Ratio,
    /// The share over that of the first use; 1 is no wear. All lines hold at once in 95 tables of 100.
    pub against_first: Option<Estimate>,
    /// The share over the least that people who differ and do not tire can give at this use, by the first two; below 1 is
    /// wear. All lines hold at once in 95 tables of 100.
    pub against_floor: Option<Estimate>,
}

/// A channel's wear, and what follows from it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Wear {
    pub rows: Vec<WearRow>,
    /// The first use that surely brings less than people who do not tire can, where no known one after it brings as much.
    pub worn_from: Option<u32>,
}

/// The least uses a line is believed with; a smaller one stands in the table without an interval.
pub const ENOUGH: u64 = 30;

/// `by_use[n - 1]` is the reactions of the n-th uses.
pub fn wear(by_use: &[Ratio]) -> Wear {
    let enough = |ratio: &Ratio| ratio.denominator >= ENOUGH;
    let compared = by_use.iter().skip(1).filter(|ratio| enough(ratio)).count();
    let sure = Confidence::together(compared);
    let floor_sure = Confidence::together(compared.saturating_sub(1));
    let first = by_use.first().copied().filter(enough);
    let row = |(nth, &reacted): (u32, &Ratio)| WearRow {
        nth,
        reacted,
        against_first: first
            .filter(|_| nth > 1 && enough(&reacted))
            .and_then(|first| Estimate::relative_share(reacted, first, sure)),
        against_floor: against_floor(&by_use[..usize::try_from(nth).unwrap_or(0)], floor_sure),
    };
    let rows: Vec<WearRow> = (1..).zip(by_use).map(row).collect();
    Wear { worn_from: worn_from(&rows), rows }
}

/// The last of these uses against its floor, `f(2) (f(2) / f(1))^(n - 2)`, where `f(n)` is the share `h(n)` of n-th uses with
/// a reaction times all `1 - h` before it; the interval by the delta method on the logarithm. `None` of the first two uses,
/// and where one of the shares is nothing, all, or of too few.
fn against_floor(uses: &[Ratio], sure: Confidence) -> Option<Estimate> {
    let last = uses.len();
    if last < 3 || uses.iter().any(|it| it.denominator < ENOUGH || it.numerator == 0) {
        return None;
    }
    let far = last as f64 - 2.0;
    let (mut log, mut variance) = (0.0, 0.0);
    for (place, reacted) in uses.iter().enumerate() {
        let share = reacted.share().filter(|share| *share < 1.0)?;
        // How often the logarithms of the share and of what is left count.
        let (of_share, of_rest) = match place {
            0 => (far, -far),
            1 => (-far - 1.0, 1.0),
            place if place + 1 == last => (1.0, 0.0),
            _ => (0.0, 1.0),
        };
        log += of_share * share.ln() + of_rest * (1.0 - share).ln();
        let slope = of_share / share - of_rest / (1.0 - share);
        variance += slope * slope * share * (1.0 - share) / reacted.denominator as f64;
    }
    let half = sure.z() * variance.sqrt();
    Some(Estimate { value: log.exp(), low: (log - half).exp(), high: (log + half).exp() })
}

/// From the end backwards, while the share is below what people who do not tire can give: the first that surely is. The further
/// the floor is drawn out from the first two uses, the less is sure; what is unsure of a late use takes nothing back of an earlier.
fn worn_from(rows: &[WearRow]) -> Option<u32> {
    let known = rows.iter().rev().filter_map(|row| Some((row.nth, row.against_floor?)));
    let below = known.take_while(|(_, against)| against.value < 1.0);
    below.filter(|(_, against)| against.high < 1.0).map(|(nth, _)| nth).last()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_that_loses_its_force_is_worn() {
        let found = wear(&[
            Ratio::new(400, 2000),
            Ratio::new(400, 2000),
            Ratio::new(180, 1500),
            Ratio::new(70, 1000),
            Ratio::new(1, 12), // too few to say
        ]);
        assert_eq!(found.worn_from, Some(3));
        assert_eq!(found.rows[0].against_first, None);
        assert_eq!(found.rows[4].against_first, None);
        assert_eq!(found.rows[1].against_floor, None, "of the second use nothing can be said");
    }

    #[test]
    fn a_late_use_of_which_little_is_sure_takes_no_wear_back() {
        let seen = [(294, 1501), (286, 1501), (131, 1500), (48, 1494), (41, 1438), (38, 1275), (14, 390)];
        let found = wear(&seen.map(|(reacted, uses)| Ratio::new(reacted, uses)));
        assert!(found.rows[6].against_floor.expect("known").high > 1.0, "{:?}", found.rows[6]);
        assert_eq!(found.worn_from, Some(3));
        // A late use that is as good as people who do not tire can be says that they do not.
        let back = [(294, 1501), (286, 1501), (131, 1500), (600, 1494)];
        assert_eq!(wear(&back.map(|(reacted, uses)| Ratio::new(reacted, uses))).worn_from, None);
    }

    #[test]
    fn a_share_that_falls_because_the_willing_have_gone_is_no_wear() {
        // 40 of 100 react with a chance of 0.4 at each use, the others with 0.03; whoever reacted gets no further use.
        let (mut willing, mut others) = (8_000.0, 12_000.0);
        let mut by_use = Vec::new();
        for _ in 0..6 {
            let reacted: f64 = willing * 0.4 + others * 0.03;
            by_use.push(Ratio::new(reacted.round() as u64, (willing + others).round() as u64));
            (willing, others) = (willing * 0.6, others * 0.97);
        }
        let found = wear(&by_use);
        let to_first = found.rows[5].against_first.expect("enough");
        assert!(to_first.high < 0.6, "the share does fall: {to_first:?}");
        assert_eq!(found.worn_from, None);
    }

    #[test]
    fn a_channel_that_keeps_its_force_is_not_worn() {
        assert_eq!(
            wear(&[Ratio::new(400, 2000), Ratio::new(395, 2000), Ratio::new(380, 1900)]).worn_from,
            None
        );
        assert_eq!(wear(&[]).worn_from, None);
        assert_eq!(wear(&[Ratio::new(3, 5), Ratio::new(0, 400)]).worn_from, None);
    }
}
