//! Early warning: a subscriber whose spending jumps up or falls away against his own last months is about to owe, or
//! to leave.

use std::collections::{BTreeMap, BTreeSet};

/// What a series of months says of its last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    FallsAway,
    JumpsUp,
    /// Within what is usual for this subscriber.
    Usual,
    /// Fewer months than [`WarningPlan::least_months`] before the last.
    TooShort,
}

/// When a change is worth a call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WarningPlan {
    /// Months before the last that are needed to know what is usual.
    pub least_months: usize,
    /// Months looked back at.
    pub look_back: usize,
    /// Distance from the usual, in robust standard deviations, from which a change counts.
    pub deviations: f64,
    /// The same as a share of the usual: a small change of a steady spender is no reason to call.
    pub least_change: f64,
}

impl Default for WarningPlan {
    fn default() -> Self {
        Self { least_months: 5, look_back: 12, deviations: 3.0, least_change: 0.4 }
    }
}

/// One subscriber's sums by month, in order of time, from his first month to the last of `all` months of the file, made whole: of
/// which the file has others' sums and none of his, he spent nothing in it. `None`: his last month is no news, for he had
/// stopped in an earlier one, or it is not known whether he has, for the last month is not that of all yet.
pub fn whole_months(
    told: &BTreeMap<String, i64>,
    all: &BTreeSet<&str>,
    is_last_whole: bool,
) -> Option<Vec<i64>> {
    let (first, last) = (told.keys().next()?.as_str(), told.keys().next_back()?.as_str());
    let mut newest = all.iter().rev();
    let has_last = newest.next() == Some(&last);
    if !has_last && (newest.next() != Some(&last) || !is_last_whole) {
        return None;
    }
    Some(all.range(first..).map(|month| told.get(*month).copied().unwrap_or(0)).collect())
}

/// Whether the last of `all` months is one of all subscribers: at least half of those with a sum in the month before have one in
/// it. A month that has only begun would else make leavers of the others.
pub fn is_last_whole<'a>(
    persons: impl Iterator<Item = &'a BTreeMap<String, i64>>,
    all: &BTreeSet<&str>,
) -> bool {
    let mut newest = all.iter().rev();
    let (Some(last), Some(before)) = (newest.next(), newest.next()) else { return false };
    let mut there = (0_u64, 0_u64);
    for told in persons.filter(|told| told.contains_key(*before)) {
        there.0 += 1;
        there.1 += u64::from(told.contains_key(*last));
    }
    there.1 * 2 >= there.0
}

/// Judges the last of `months`, minor units in order of time. The usual is the median of the months before it, its
/// spread the median absolute deviation (times 1.4826, which makes it the standard deviation of a normal law): one odd
/// month in the past moves neither. The spread is at least a twentieth of the usual.
pub fn judge_spending(plan: &WarningPlan, months: &[i64]) -> Warning {
    let Some((&last, before)) = months.split_last() else { return Warning::TooShort };
    if before.len() < plan.least_months.max(1) {
        return Warning::TooShort;
    }
    let before = &before[before.len().saturating_sub(plan.look_back)..];
    let usual = median(before.iter().map(|&month| month as f64).collect());
    let spread = 1.4826 * median(before.iter().map(|&month| (month as f64 - usual).abs()).collect());
    let spread = spread.max(usual.abs() / 20.0);
    let change = last as f64 - usual;
    let is_large = change.abs() > plan.deviations * spread && change.abs() > plan.least_change * usual.abs();
    match is_large {
        true if change > 0.0 => Warning::JumpsUp,
        true => Warning::FallsAway,
        false => Warning::Usual,
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64;

    use super::*;

    #[test]
    fn who_has_no_row_in_the_last_month_spent_nothing_in_it_where_others_have_theirs() {
        let all = BTreeSet::from(["2026-01", "2026-02", "2026-03", "2026-04"]);
        let told = |months: &[&str]| -> BTreeMap<String, i64> {
            months.iter().map(|month| ((*month).to_owned(), 7)).collect()
        };
        let whole = |months: &[&str], is_last_whole| whole_months(&told(months), &all, is_last_whole);
        assert_eq!(whole(&["2026-02", "2026-03"], true), Some(vec![7, 7, 0]), "he left");
        assert_eq!(whole(&["2026-01", "2026-04"], false), Some(vec![7, 0, 0, 7]), "he paused");
        assert_eq!(whole(&["2026-01", "2026-02"], true), None, "he left a month before: no news");
        assert_eq!(whole(&["2026-02", "2026-03"], false), None, "the month has only begun");
        assert_eq!(whole(&[], true), None);
        let (stays, left) = (told(&["2026-03", "2026-04"]), told(&["2026-03"]));
        assert!(is_last_whole([&stays, &left].into_iter(), &all));
        assert!(!is_last_whole([&stays, &left, &left].into_iter(), &all));
        assert!(!is_last_whole(std::iter::empty(), &BTreeSet::from(["2026-01"])));
    }

    fn judge(months: &[i64]) -> Warning {
        judge_spending(&WarningPlan::default(), months)
    }

    #[test]
    fn a_change_is_measured_against_the_subscribers_own_months() {
        assert_eq!(judge(&[500, 520, 480, 510, 490, 500]), Warning::Usual);
        assert_eq!(judge(&[500, 520, 480, 510, 490, 1500]), Warning::JumpsUp);
        assert_eq!(judge(&[500, 520, 480, 510, 490, 60]), Warning::FallsAway);
        assert_eq!(judge(&[500, 4000, 480, 510, 490, 1500]), Warning::JumpsUp, "one odd month moves nothing");
        assert_eq!(judge(&[100, 900, 200, 1000, 300, 1100]), Warning::Usual, "he always jumps");
        assert_eq!(judge(&[500, 520, 480, 510]), Warning::TooShort);
        assert_eq!(judge(&[0, 0, 0, 0, 0, 0]), Warning::Usual);
        assert_eq!(judge(&[]), Warning::TooShort);
    }

    /// 20,000 subscribers with their own level, season and noise; one in twenty really changes, by 2 to 4 times.
    #[test]
    fn known_changes_are_found_and_few_others() {
        let mut rng = Pcg64::seed_from_u64(11);
        let (mut found, mut changed, mut right) = (0_u32, 0_u32, 0_u32);
        for _ in 0..20_000 {
            let level = 20_000.0 * rng.random_range(0.2..5.0_f64);
            let noise = rng.random_range(0.05..0.20_f64);
            let odd_month = rng.random_range(0..40);
            let mut months: Vec<f64> = (0..12)
                .map(|n| {
                    let season = 1.0 + 0.1 * (f64::from(n) * std::f64::consts::TAU / 12.0).sin();
                    let odd = if n == odd_month { 3.0 } else { 1.0 };
                    level * season * odd * (1.0 + noise * rng.random_range(-1.7..1.7_f64))
                })
                .collect();
            let truth = match rng.random_range(0..40) {
                0 => Warning::JumpsUp,
                1 => Warning::FallsAway,
                _ => Warning::Usual,
            };
            let factor = rng.random_range(2.0..4.0_f64);
            let last = months.last_mut().expect("twelve months");
            match truth {
                Warning::JumpsUp => *last *= factor,
                Warning::FallsAway => *last /= factor,
                Warning::TooShort | Warning::Usual => {}
            }
            // An odd month that happens to be the last is a change too, but not the one that was planted.
            if odd_month == 11 {
                continue;
            }
            let verdict = judge(&months.iter().map(|&month| month as i64).collect::<Vec<_>>());
            changed += u32::from(truth != Warning::Usual);
            found += u32::from(verdict != Warning::Usual);
            right += u32::from(verdict == truth && truth != Warning::Usual);
        }
        let (precision, recall) =
            (f64::from(right) / f64::from(found), f64::from(right) / f64::from(changed));
        println!("precision {right}/{found} = {precision:.3}, recall {right}/{changed} = {recall:.3}");
        assert!(precision > 0.95 && recall > 0.85, "precision {precision:.3}, recall {recall:.3}");
    }
}
