//! Wear: what the n-th use of a channel on a debt brings against the first.

use super::{Confidence, Estimate, Ratio};

/// One line of the wear table.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct WearRow {
    /// Which use of the channel on the debt, from 1.
    pub nth: u32,
    /// Uses with a reaction within the window, of the uses with this number.
    pub reacted: Ratio,
    /// The share over that of the first use; 1 is no wear. All lines hold at once in 95 tables of 100.
    pub against_first: Option<Estimate>,
}

/// A channel's wear, and what follows from it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Wear {
    pub rows: Vec<WearRow>,
    /// The first use that surely brings less than the first one, itself and all known ones after it.
    pub worn_from: Option<u32>,
}

/// The least uses a line is believed with; a smaller one stands in the table without an interval.
pub const ENOUGH: u64 = 30;

/// `by_use[n - 1]` is the reactions of the n-th uses.
pub fn wear(by_use: &[Ratio]) -> Wear {
    let enough = |ratio: &Ratio| ratio.denominator >= ENOUGH;
    let compared = by_use.iter().skip(1).filter(|ratio| enough(ratio)).count();
    let sure = Confidence::together(compared);
    let first = by_use.first().copied().filter(enough);
    let row = |(nth, &reacted): (u32, &Ratio)| WearRow {
        nth,
        reacted,
        against_first: first
            .filter(|_| nth > 1 && enough(&reacted))
            .and_then(|first| Estimate::relative_share(reacted, first, sure)),
    };
    let rows: Vec<WearRow> = (1..).zip(by_use).map(row).collect();
    Wear { worn_from: worn_from(&rows), rows }
}

/// From the end backwards, while the share is surely below that of the first use.
fn worn_from(rows: &[WearRow]) -> Option<u32> {
    let known = rows.iter().rev().filter_map(|row| Some((row.nth, row.against_first?)));
    known.take_while(|(_, against)| against.high < 1.0).map(|(nth, _)| nth).last()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_that_loses_its_force_is_worn() {
        let found = wear(&[
            Ratio::new(400, 2000),
            Ratio::new(390, 2000),
            Ratio::new(240, 1500),
            Ratio::new(100, 1000),
            Ratio::new(1, 12), // too few to say
        ]);
        assert_eq!(found.worn_from, Some(3));
        assert_eq!(found.rows[0].against_first, None);
        assert_eq!(found.rows[4].against_first, None);
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
