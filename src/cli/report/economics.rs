//! `obzvon report economics`: revenue by contract, cost, and the gross margin, creditor by creditor.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::config::EconomicsConfig;
use crate::domain::{Language, Money};
use crate::stats::{
    Contract, Month, MonthFacts, Ratio, day_of, month, month_of, part_of_month, shares_of_part, trend,
};
use crate::store::{EconomicsFacts, Period, Store, StoreError};

/// A creditor's months, the oldest first, each by its name such as `2026-03`.
pub type Creditors = BTreeMap<String, Vec<(String, Month)>>;

/// Counts every creditor's months.
///
/// # Errors
/// When the store fails.
pub async fn count(
    store: &Store,
    period: Period,
    now: Timestamp,
    config: &EconomicsConfig,
) -> Result<(Creditors, u64), StoreError> {
    let facts = store.economics_report(period, config.currency, now).await?;
    Ok((by_creditor(&facts, config), facts.left_out))
}

/// The report as text, or as JSON.
///
/// # Errors
/// When the store fails.
pub async fn report(
    store: &Store,
    period: Period,
    now: Timestamp,
    config: &EconomicsConfig,
    (json, language): (bool, Language),
) -> anyhow::Result<String> {
    let (creditors, left_out) = count(store, period, now, config).await?;
    if json {
        let rows: Vec<_> = creditors.iter().map(|(name, months)| row_json(name, months, config)).collect();
        let answer = json!({
            "currency": config.currency.code(), "margin_percent": [config.margin_percent.start(), config.margin_percent.end()],
            "left_out": left_out, "creditors": rows,
        });
        return Ok(format!("{answer}\n"));
    }
    if creditors.is_empty() {
        return Ok(super::nothing(language).to_owned());
    }
    let mut text: String =
        creditors.iter().map(|(name, months)| creditor_text(name, months, config, language)).collect();
    text += &definition(config, left_out, language);
    Ok(text)
}

/// The day from which a creditor's fixed fee counts (since 1970): his contract's, else the first of his first month with an
/// action. A payment alone begins nothing: its date may be wrong.
fn fixed_from(facts: &EconomicsFacts, creditor: &str, contract: Contract) -> Option<i64> {
    let since = contract.since.and_then(|since| since.to_zoned_datetime(TimeZone::UTC).ok());
    let first = || facts.first_months.get(creditor).copied();
    since.map(|since| day_of(since.timestamp(), &TimeZone::UTC)).or_else(first)
}

/// The months of the days that were asked for in which each creditor has a line: from the first in which something was done or
/// paid, or from which his contract runs, whether something was done or not.
fn lines_of(facts: &EconomicsFacts, config: &EconomicsConfig) -> BTreeMap<i64, BTreeSet<String>> {
    let mut firsts: BTreeMap<&str, i64> = BTreeMap::new();
    for (month, creditor) in facts.creditors.keys().chain(facts.month_actions.keys()) {
        let first = firsts.entry(creditor).or_insert(*month);
        *first = (*first).min(*month);
    }
    for (creditor, contract) in config.contracts.iter().filter(|(_, it)| it.fixed_month_minor > 0) {
        if let Some(from) = fixed_from(facts, creditor, *contract) {
            let from = month_of(from.max(facts.days.start));
            let first = firsts.entry(creditor).or_insert(from);
            *first = (*first).min(from);
        }
    }
    let mut months: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for (month, creditor) in facts.creditors.keys() {
        months.entry(*month).or_default().insert(creditor.clone());
    }
    for (creditor, first) in firsts {
        let mut month = first.max(month_of(facts.days.start));
        while month < facts.days.end {
            months.entry(month).or_default().insert(creditor.to_owned());
            month = month_of(month + 31);
        }
    }
    months
}

fn by_creditor(facts: &EconomicsFacts, config: &EconomicsConfig) -> Creditors {
    let mut creditors = Creditors::new();
    for (first, names) in lines_of(facts, config) {
        let of_month = first..month_of(first + 31);
        let of = |creditor: &String| {
            let mut contract = config.contracts.get(creditor).copied().unwrap_or_default();
            let fee = contract.fixed_month_minor;
            contract.fixed_month_minor = fixed_from(facts, creditor, contract).map_or(0, |from| {
                part_of_month(fee, &of_month, &(facts.days.start.max(from)..facts.days.end))
            });
            let done: MonthFacts =
                facts.creditors.get(&(first, creditor.clone())).cloned().unwrap_or_default();
            (contract, done)
        };
        let of: Vec<_> = names.iter().map(of).collect();
        let actions = |name: &String| facts.month_actions.get(&(first, name.clone())).copied().unwrap_or(0);
        let weights: Vec<u64> = names.iter().map(actions).collect();
        let whole = config.prices.overheads_month_minor;
        let overheads = shares_of_part(whole, &of_month, &facts.days, &weights);
        let paid_s = facts.agent_paid_s.get(&first).copied().unwrap_or(0);
        for (name, one) in names.into_iter().zip(month(&config.prices, paid_s, &overheads, &of)) {
            creditors.entry(name).or_default().push((month_name(first), one));
        }
    }
    creditors
}

fn month_name(first: i64) -> String {
    let at = Timestamp::from_second(first.saturating_mul(86_400)).unwrap_or(Timestamp::MAX);
    let date = at.to_zoned_datetime(TimeZone::UTC).date();
    format!("{}-{:02}", date.year(), date.month())
}

/// The months together.
pub fn total(months: &[(String, Month)]) -> Month {
    months.iter().fold(Month::default(), |sum, (_, month)| sum.plus(month))
}

/// Points of margin a month, as a share.
pub fn trend_of(months: &[(String, Month)]) -> Option<f64> {
    trend(&months.iter().map(|(_, month)| month.margin()).collect::<Vec<_>>())
}

fn row_json(name: &str, months: &[(String, Month)], config: &EconomicsConfig) -> serde_json::Value {
    let one = |month: &Month| json!({ "figures": month, "revenue": month.revenue(), "cost": month.cost(), "margin": month.margin() });
    let by_month: Vec<_> =
        months.iter().map(|(name, month)| json!({ "month": name, "of_month": one(month) })).collect();
    json!({
        "creditor": name, "has_contract": config.contracts.contains_key(name), "total": one(&total(months)),
        "margin_points_a_month": trend_of(months).map(|share| share * 100.0), "months": by_month,
    })
}

fn creditor_text(
    name: &str,
    months: &[(String, Month)],
    config: &EconomicsConfig,
    language: Language,
) -> String {
    let say = |en: &'static str, ru: &'static str| if language == Language::Ru { ru } else { en };
    let money = |minor| Money::new(minor, config.currency).reveal();
    let sum = total(months);
    let line = |name: &str, value: String| format!("  {name:<30} {value}\n");
    let no_contract = match config.contracts.contains_key(name) {
        true => "",
        false => say(" (no contract in statistics.toml)", " (нет договора в statistics.toml)"),
    };
    let mut text = format!("{name}{no_contract}\n");
    for (name, minor) in [
        (say("repaid to him", "возвращено ему"), sum.repaid),
        (say("revenue: share of it", "выручка: доля возвращённого"), sum.from_share),
        (say("revenue: fixed", "выручка: за месяцы"), sum.fixed),
        (say("revenue: kept promises", "выручка: за обещания"), sum.from_kept),
        (say("cost: trunks", "расход: линии"), sum.trunks),
        (say("cost: agents", "расход: операторы"), sum.agents),
        (say("cost: other channels", "расход: другие каналы"), sum.outside),
        (say("cost: set-up", "расход: подготовка"), sum.setup),
        (say("cost: overheads", "расход: общие"), sum.overheads),
    ] {
        text += &line(name, money(minor));
    }
    text += &line(say("gross margin", "валовая маржа"), margin_text(&sum, config, language));
    let moves = trend_of(months).map_or_else(
        || say("fewer than three months with revenue", "меньше трёх месяцев с выручкой").to_owned(),
        |share| format!("{:+.1} {}", share * 100.0, say("points a month", "п. п. в месяц")),
    );
    text += &line(say("trend of the margin", "тренд маржи"), moves);
    text + &line(
        say("complaints / actions", "жалобы / действия"),
        Ratio::new(sum.complaints, sum.actions).to_string(),
    )
}

/// `30000.00/80000.00 = 37.5 %, within the guide`.
fn margin_text(sum: &Month, config: &EconomicsConfig, language: Language) -> String {
    let money = |minor| Money::new(minor, config.currency).reveal();
    let of = format!("{} / {}", money(sum.revenue() - sum.cost()), money(sum.revenue()));
    let Some(margin) = sum.margin() else { return of };
    let percent = margin * 100.0;
    let (low, high) = (f64::from(*config.margin_percent.start()), f64::from(*config.margin_percent.end()));
    let said = match (percent < low, percent > high, language) {
        (true, _, Language::En) => "below the guide",
        (true, _, Language::Ru) => "ниже ориентира",
        (_, true, Language::En) => "above the guide",
        (_, true, Language::Ru) => "выше ориентира",
        (_, _, Language::En) => "within the guide",
        (_, _, Language::Ru) => "в пределах ориентира",
    };
    format!("{of} = {percent:.1} %, {said} {low:.0}–{high:.0} %")
}

fn definition(config: &EconomicsConfig, left_out: u64, language: Language) -> String {
    let currency = config.currency.code();
    match language {
        Language::En => format!(
            "\nHow to read it: gross margin = (revenue - cost) / revenue. Repaid is all that was paid on the creditor's \
             debts in the months, called or not. The agents' paid time is shared by their talk (and hold) in calls of ours and in debtors' own; talk with callers \
             whom nobody knows is shared with it, as waiting is. Overheads are shared by actions; set-up falls into the first month with an action. In other currencies than {currency}, and left out: \
             {left_out} actions and payments.\n"
        ),
        Language::Ru => format!(
            "\nКак читать: валовая маржа = (выручка − расходы) / выручка. Возвращено — всё, что оплачено по долгам \
             кредитора за эти месяцы, звонили или нет. Оплаченное время операторов делится по разговорам (с удержанием) в наших звонках и в звонках самих должников; разговоры \
             с неизвестными делятся вместе с ним, как и ожидание. Общие расходы — по действиям; подготовка относится к первому месяцу с действием. Не в {currency} и не учтено: {left_out} \
             действий и платежей.\n"
        ),
    }
}

/// The export's columns.
pub const COLUMNS: [&str; 18] = [
    "creditor",
    "month",
    "currency",
    "repaid_minor",
    "from_share_minor",
    "fixed_minor",
    "from_kept_minor",
    "revenue_minor",
    "trunks_minor",
    "agents_minor",
    "outside_minor",
    "setup_minor",
    "overheads_minor",
    "cost_minor",
    "margin",
    "actions",
    "kept_promises",
    "complaints",
];

/// The export's lines, one a creditor and month.
pub fn lines(creditors: &Creditors, config: &EconomicsConfig) -> Vec<Vec<String>> {
    let line = |creditor: &str, name: &str, it: &Month| {
        let margin = it.margin().map_or_else(String::new, |margin| format!("{margin:.4}"));
        let sums = [
            it.repaid,
            it.from_share,
            it.fixed,
            it.from_kept,
            it.revenue(),
            it.trunks,
            it.agents,
            it.outside,
        ];
        let rest = [it.setup, it.overheads, it.cost()];
        let counts = [it.actions, it.kept, it.complaints];
        [creditor, name, config.currency.code()]
            .into_iter()
            .map(str::to_owned)
            .chain(sums.into_iter().chain(rest).map(|minor| minor.to_string()))
            .chain([margin])
            .chain(counts.map(|count| count.to_string()))
            .collect()
    };
    let of = |(creditor, months): (&String, &Vec<(String, Month)>)| {
        months.iter().map(|(name, month)| line(creditor, name, month)).collect::<Vec<_>>()
    };
    creditors.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_fixed_fee_begins_with_the_contract_or_the_first_action_and_with_no_payment() {
        let month = |text: &str| {
            let first = format!("{text}-01T00:00:00Z").parse().expect("a moment");
            month_of(day_of(first, &TimeZone::UTC))
        };
        let mut facts = EconomicsFacts {
            first_months: BTreeMap::from([("Water".to_owned(), month("2026-03"))]),
            days: month("2026-01")..month("2026-05"),
            ..EconomicsFacts::default()
        };
        for (text, is_first) in
            [("2026-01", false), ("2026-02", false), ("2026-03", true), ("2026-04", false)]
        {
            let one = MonthFacts { is_first, repaid_minor: 100, ..MonthFacts::default() };
            facts.creditors.insert((month(text), "Water".to_owned()), one);
        }
        let fixed = |facts: &EconomicsFacts, since: Option<&str>| {
            let since = since.map(|day| day.parse().expect("a date"));
            let contract = Contract { fixed_month_minor: 280, since, ..Contract::default() };
            let contracts = BTreeMap::from([("Water".to_owned(), contract)]);
            let config = EconomicsConfig { contracts, ..EconomicsConfig::default() };
            by_creditor(facts, &config)["Water"].iter().map(|(_, month)| month.fixed).collect::<Vec<_>>()
        };
        assert_eq!(fixed(&facts, None), [0, 0, 280, 280]);
        assert_eq!(fixed(&facts, Some("2026-02-15")), [0, 140, 280, 280], "by days");
        facts.days = month("2026-01")..month("2026-02") + 21;
        assert_eq!(fixed(&facts, Some("2026-02-15")), [0, 70, 0, 0], "the part that was asked for");
        facts.creditors.clear();
        facts.days = month("2026-02")..month("2026-03") + 10;
        assert_eq!(fixed(&facts, Some("2026-02-15")), [140, 90], "whether something was done or not");
    }

    /// What one creditor has on one day.
    #[derive(Debug, Clone)]
    struct DayOf {
        day: i64,
        creditor: &'static str,
        actions: u64,
        repaid_minor: i64,
    }

    /// As the store counts the days asked for.
    fn counted(all: &[DayOf], days: std::ops::Range<i64>) -> EconomicsFacts {
        let mut facts = EconomicsFacts { days: days.clone(), ..EconomicsFacts::default() };
        let begins = |creditor| {
            all.iter().filter(|it| it.creditor == creditor && it.actions > 0).map(|it| it.day).min()
        };
        let asked = month_of(days.start)..days.end.max(days.start + 1);
        for it in all {
            let key = (month_of(it.day), it.creditor.to_owned());
            if it.actions > 0 && asked.contains(&key.0) {
                *facts.month_actions.entry(key.clone()).or_default() += it.actions;
            }
            if days.contains(&it.day) {
                let of = facts.creditors.entry(key).or_default();
                of.actions += it.actions;
                of.repaid_minor += it.repaid_minor;
                of.is_first |= begins(it.creditor) == Some(it.day);
            }
            if let Some(first) = begins(it.creditor) {
                facts.first_months.insert(it.creditor.to_owned(), month_of(first));
            }
        }
        facts
    }

    proptest! {
        #[test]
        fn figures_of_adjacent_periods_add_up(
            done in proptest::collection::vec((0_i64..150, 0_usize..3, 0_u64..9, 0_i64..900), 0..20),
            cuts in proptest::collection::vec(0_i64..150, 0..4),
            since in proptest::option::of(0_i64..120),
        ) {
            let first = day_of("2026-01-01T00:00:00Z".parse().expect("a moment"), &TimeZone::UTC);
            let names = ["Fire", "Light", "Water"];
            let all: Vec<DayOf> = done.into_iter().map(|(day, of, actions, repaid)| DayOf {
                day: first + day, creditor: names[of], actions, repaid_minor: repaid * 100,
            }).collect();
            let since = since.and_then(|day| Timestamp::from_second((first + day) * 86_400).ok());
            let contract = Contract {
                share_bp: 1_000, fixed_month_minor: 30_011, setup_hours: 2,
                since: since.map(|at| at.to_zoned_datetime(TimeZone::UTC).date()), ..Contract::default()
            };
            let prices = crate::stats::Prices {
                setup_hour_minor: 700, overheads_month_minor: 10_007, ..crate::stats::Prices::default()
            };
            let contracts = BTreeMap::from([("Water".to_owned(), contract), ("Light".to_owned(), contract)]);
            let config = EconomicsConfig { contracts, prices, ..EconomicsConfig::default() };
            let figures = |days| {
                let creditors = by_creditor(&counted(&all, days), &config);
                creditors.into_iter().map(|(name, months)| (name, total(&months))).collect::<BTreeMap<_, _>>()
            };
            let mut cuts = cuts;
            cuts.extend([0, 150]);
            cuts.sort_unstable();
            let mut parts: BTreeMap<String, Month> = BTreeMap::new();
            for ends in cuts.windows(2) {
                for (name, one) in figures(first + ends[0]..first + ends[1]) {
                    let sum = parts.entry(name).or_default();
                    *sum = sum.plus(&one);
                }
            }
            let whole = figures(first..first + 150);
            for (name, sum) in &whole {
                prop_assert_eq!(parts.get(name).copied().unwrap_or_default(), *sum, "{}", name);
            }
            prop_assert!(parts.iter().all(|(name, sum)| whole.contains_key(name) || *sum == Month::default()));
        }
    }
}
