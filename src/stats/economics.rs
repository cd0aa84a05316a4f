//! Which client to keep: revenue by his contract, what serving him cost, and what is left.

use std::ops::Range;

/// What a creditor's contract pays for. All in minor units of one currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contract {
    /// Of every unit repaid, in hundredths of a per cent (1250: 12.5 %).
    pub share_bp: u32,
    pub fixed_month_minor: i64,
    /// The first day of the contract: no day before it has the fixed fee. Absent: the first month with an action begins it.
    pub since: Option<jiff::civil::Date>,
    pub per_kept_promise_minor: i64,
    /// Work before the first call, charged in the first month there was an action in.
    pub setup_hours: u32,
}

/// What things cost. All in minor units of the same currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prices {
    pub agent_hour_minor: i64,
    pub setup_hour_minor: i64,
    /// Shared among the creditors by their actions in the month.
    pub overheads_month_minor: i64,
    /// One use of a channel from outside, by the channel's code.
    pub per_use_minor: Vec<(crate::domain::Channel, i64)>,
}

/// What happened for one creditor in one month.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MonthFacts {
    /// All that was paid on his debts.
    pub repaid_minor: i64,
    pub kept: u64,
    pub actions: u64,
    pub complaints: u64,
    /// What the trunks charge, in millionths of the unit.
    pub trunks_micro: i64,
    /// What agents talked in calls of ours and in the debtors' own, on hold too.
    pub agent_talk_s: u64,
    /// Uses of channels from outside.
    pub uses: Vec<(crate::domain::Channel, u64)>,
    /// His first day with an action lies in it, as far as it was asked for.
    pub is_first: bool,
}

/// One creditor's month in money. Minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Month {
    pub from_share: i64,
    pub fixed: i64,
    pub from_kept: i64,
    pub trunks: i64,
    pub agents: i64,
    pub outside: i64,
    pub setup: i64,
    pub overheads: i64,
    pub repaid: i64,
    pub kept: u64,
    pub actions: u64,
    pub complaints: u64,
}

impl Month {
    pub fn revenue(&self) -> i64 {
        self.from_share + self.fixed + self.from_kept
    }

    pub fn cost(&self) -> i64 {
        self.trunks + self.agents + self.outside + self.setup + self.overheads
    }

    /// (revenue − cost) / revenue; nothing without revenue.
    pub fn margin(&self) -> Option<f64> {
        let revenue = self.revenue();
        (revenue > 0).then(|| (revenue - self.cost()) as f64 / revenue as f64)
    }

    /// The sums of both.
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            from_share: self.from_share + other.from_share,
            fixed: self.fixed + other.fixed,
            from_kept: self.from_kept + other.from_kept,
            trunks: self.trunks + other.trunks,
            agents: self.agents + other.agents,
            outside: self.outside + other.outside,
            setup: self.setup + other.setup,
            overheads: self.overheads + other.overheads,
            repaid: self.repaid + other.repaid,
            kept: self.kept + other.kept,
            actions: self.actions + other.actions,
            complaints: self.complaints + other.complaints,
        }
    }
}

/// One month of every creditor: `facts` with his contract, `agent_paid_s` the agents' paid time in it, `overheads` what each
/// bears of those. Agents' time is shared by talk; what can't be divided evenly stays with the last one, so that the shares
/// are the whole.
pub fn month(
    prices: &Prices,
    agent_paid_s: u64,
    overheads: &[i64],
    facts: &[(Contract, MonthFacts)],
) -> Vec<Month> {
    let agents = money(i128::from(prices.agent_hour_minor) * i128::from(agent_paid_s) / 3600);
    let agents = divide(agents, &facts.iter().map(|(_, it)| it.agent_talk_s).collect::<Vec<_>>());
    let shares = agents.into_iter().zip(overheads.iter().copied());
    facts.iter().zip(shares).map(|((contract, facts), shares)| one(prices, contract, facts, shares)).collect()
}

fn one(prices: &Prices, contract: &Contract, facts: &MonthFacts, (agents, overheads): (i64, i64)) -> Month {
    let price =
        |channel| prices.per_use_minor.iter().find(|(it, _)| *it == channel).map_or(0, |(_, price)| *price);
    let outside = facts.uses.iter().map(|&(channel, uses)| count(uses).saturating_mul(price(channel))).sum();
    let setup =
        if facts.is_first { prices.setup_hour_minor.saturating_mul(contract.setup_hours.into()) } else { 0 };
    Month {
        from_share: money(i128::from(facts.repaid_minor) * i128::from(contract.share_bp) / 10_000),
        fixed: contract.fixed_month_minor,
        from_kept: count(facts.kept).saturating_mul(contract.per_kept_promise_minor),
        trunks: facts.trunks_micro / 10_000,
        agents,
        outside,
        setup,
        overheads,
        repaid: facts.repaid_minor,
        kept: facts.kept,
        actions: facts.actions,
        complaints: facts.complaints,
    }
}

/// What falls on a `part` of a month of a sum for all of it, by days; days since 1970, the last ones excluded. Parts that follow
/// one another add up to the whole.
pub fn part_of_month(sum: i64, month: &Range<i64>, part: &Range<i64>) -> i64 {
    if part.is_empty() { 0 } else { gone(sum, month, part.end) - gone(sum, month, part.start) }
}

/// The same of a sum that several bear by `weights`, those of the whole month, so that each one's parts add up, too.
pub fn shares_of_part(sum: i64, month: &Range<i64>, part: &Range<i64>, weights: &[u64]) -> Vec<i64> {
    let until = |day| divide(gone(sum, month, day), weights);
    let end = if part.is_empty() { part.start } else { part.end };
    until(end).into_iter().zip(until(part.start)).map(|(end, start)| end - start).collect()
}

/// What of a month's sum falls on its days before `day`.
fn gone(sum: i64, month: &Range<i64>, day: i64) -> i64 {
    let days = (month.end - month.start).max(1);
    money(i128::from(sum) * i128::from(day.clamp(month.start, month.end) - month.start) / i128::from(days))
}

/// Divides a sum by weights; without any weight nobody bears it.
fn divide(sum: i64, weights: &[u64]) -> Vec<i64> {
    let all: u64 = weights.iter().sum();
    if all == 0 {
        return vec![0; weights.len()];
    }
    let part = |weight: u64| money(i128::from(sum) * i128::from(weight) / i128::from(all));
    let mut parts: Vec<i64> = weights.iter().map(|&weight| part(weight)).collect();
    let left = sum - parts.iter().sum::<i64>();
    if let Some(last) = weights.iter().rposition(|&weight| weight > 0) {
        parts[last] += left;
    }
    parts
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn money(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}

/// What the last months say, the oldest first: by how many points of margin a month it moves, by least squares; nothing
/// below three months with revenue.
pub fn trend(margins: &[Option<f64>]) -> Option<f64> {
    let known: Vec<(f64, f64)> =
        (0_u32..).zip(margins).filter_map(|(nth, margin)| Some((f64::from(nth), (*margin)?))).collect();
    if known.len() < 3 {
        return None;
    }
    let n = known.len() as f64;
    let mean_x = known.iter().map(|(x, _)| x).sum::<f64>() / n;
    let mean_y = known.iter().map(|(_, y)| y).sum::<f64>() / n;
    let over: f64 = known.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let under: f64 = known.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    Some(over / under)
}

/// What a client's figures say to do with him.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// Within the guide or above it.
    Keep,
    /// He costs more than he brings.
    LetGo,
    /// Below the guide.
    Renegotiate,
    /// What he brings is not known: he has no contract, or nothing was done for him.
    Unknown,
    /// Within the guide, and falling by more than a point of margin a month.
    Watch,
}

impl Worth {
    /// The code in files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::LetGo => "let_go",
            Self::Renegotiate => "renegotiate",
            Self::Unknown => "unknown",
            Self::Watch => "watch",
        }
    }
}

/// Judges a client by his months together, by the [`trend`] of their margin and by the low end of the guide, both as shares. Whose
/// contract has brought nothing, and who has cost something, costs more than he brings.
pub fn worth(sum: &Month, has_contract: bool, trend: Option<f64>, guide: f64) -> Worth {
    match sum.margin() {
        None if has_contract && sum.cost() > 0 => Worth::LetGo,
        None => Worth::Unknown,
        Some(margin) if margin <= 0.0 => Worth::LetGo,
        Some(margin) if margin < guide => Worth::Renegotiate,
        Some(_) if trend.is_some_and(|points| points < -0.01) => Worth::Watch,
        Some(_) => Worth::Keep,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Channel;

    #[test]
    fn a_clients_month_is_what_his_contract_brings_less_what_he_cost() {
        let prices = Prices {
            agent_hour_minor: 36_000,
            setup_hour_minor: 100_000,
            overheads_month_minor: 90_000,
            per_use_minor: vec![(Channel::Sms, 350)],
        };
        let large = (
            Contract { share_bp: 1250, setup_hours: 2, ..Contract::default() },
            MonthFacts {
                repaid_minor: 10_000_000,
                actions: 200,
                complaints: 1,
                trunks_micro: 500_000_000,
                agent_talk_s: 3_000,
                uses: vec![(Channel::Sms, 100)],
                is_first: true,
                ..MonthFacts::default()
            },
        );
        let small = (
            Contract { fixed_month_minor: 50_000, per_kept_promise_minor: 1_000, ..Contract::default() },
            MonthFacts { kept: 7, actions: 100, agent_talk_s: 600, ..MonthFacts::default() },
        );
        let overheads = shares_of_part(prices.overheads_month_minor, &(0..30), &(0..30), &[200, 100]);
        let months = month(&prices, 7_200, &overheads, &[large, small]);
        assert_eq!((months[0].revenue(), months[1].revenue()), (1_250_000, 57_000));
        assert_eq!(
            (months[0].agents, months[1].agents),
            (60_000, 12_000),
            "two paid hours by 3,000 s to 600 s"
        );
        assert_eq!((months[0].overheads, months[1].overheads), (60_000, 30_000));
        assert_eq!(months[0].cost(), 50_000 + 60_000 + 35_000 + 200_000 + 60_000);
        let margin = months[0].margin().expect("revenue");
        assert!((margin - 0.676).abs() < 1e-9, "{margin}");
        assert_eq!(Month::default().margin(), None);
    }

    #[test]
    fn a_client_is_judged_by_the_guide_and_the_trend() {
        let sum = |from_share, trunks| Month { from_share, trunks, ..Month::default() };
        let of = |cost, trend| worth(&sum(1_000, cost), true, trend, 0.35).code();
        assert_eq!(
            [of(1_100, None), of(1_000, None), of(660, Some(0.2))],
            ["let_go", "let_go", "renegotiate"]
        );
        assert_eq!([of(650, None), of(600, Some(-0.02))], ["keep", "watch"]);
        let nothing = |cost, has_contract| worth(&sum(0, cost), has_contract, None, 0.35).code();
        assert_eq!(
            [nothing(929, true), nothing(929, false), nothing(0, true)],
            ["let_go", "unknown", "unknown"]
        );
    }

    #[test]
    fn a_falling_margin_is_told() {
        let falls = trend(&[Some(0.40), None, Some(0.38), Some(0.37)]).expect("three months");
        assert!((falls + 0.01).abs() < 1e-9, "{falls}");
        assert_eq!(trend(&[Some(0.4), None, Some(0.2)]), None);
    }

    proptest! {
        #[test]
        fn parts_of_a_month_add_up_to_it(sum in 0_i64..10_000_000, cuts in proptest::collection::vec(0_i64..60, 0..6)) {
            let month = 31..59;
            let mut cuts = cuts;
            cuts.extend([0, 90]);
            cuts.sort_unstable();
            let parts = cuts.windows(2).map(|ends| part_of_month(sum, &month, &(ends[0]..ends[1])));
            prop_assert_eq!(parts.sum::<i64>(), sum);
        }

        #[test]
        fn shares_of_a_cost_are_the_whole(sum in 0_i64..10_000_000, weights in proptest::collection::vec(0_u64..10_000, 1..20)) {
            let parts = divide(sum, &weights);
            let all: u64 = weights.iter().sum();
            prop_assert_eq!(parts.iter().sum::<i64>(), if all == 0 { 0 } else { sum });
        }
    }
}
