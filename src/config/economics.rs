//! `[economics]` and `[contract.NAME]` of `statistics.toml`: what things cost, and what each creditor pays for.

use std::collections::BTreeMap;

use super::plan::EconomicsConfig;
use super::read::{Clause, Mistake, Section};
use crate::domain::{Channel, Currency};
use crate::stats::{Contract, Prices};

/// Minor units: up to ten million.
const MONEY: std::ops::RangeInclusive<i64> = 0..=1_000_000_000;

/// Reads both; `None` means noted.
pub fn economics(root: &Section<'_>) -> Option<EconomicsConfig> {
    let section = root.child("economics");
    let currencies = Currency::ALL.map(|currency| (currency.code(), currency));
    let currency = section.or("currency", Currency::Rub, |value| value.one_of(&currencies));
    let agent_hour = section.or("agent_hour", 0, |value| value.hundredths(MONEY));
    let setup_hour = section.or("setup_hour", 0, |value| value.hundredths(MONEY));
    let overheads = section.or("overheads_month", 0, |value| value.hundredths(MONEY));
    let low = section.or("margin_low_percent", 35, |value| value.integer(0..=100));
    let high = section.or("margin_high_percent", 40, |value| value.integer(0..=100));
    let table = section.child("per_use");
    let uses = Channel::ALL.map(|channel| {
        table.may(channel.code(), |value| value.hundredths(MONEY)).map(|price| Some((channel, price?)))
    });
    table.finish();
    section.finish();
    let (low, high): (u8, u8) = (low?, high?);
    if low > high {
        section.note("margin_low_percent", Mistake::Contradiction(LOW_OVER_HIGH));
        return None;
    }
    let contracts = contracts(root)?;
    // Hours that cost nothing would make every such client look cheap.
    if setup_hour? == 0 && contracts.values().any(|contract| contract.setup_hours > 0) {
        section.note("setup_hour", Mistake::Contradiction(NO_SETUP_HOUR));
        return None;
    }
    let mut per_use_minor = Vec::new();
    for one in uses {
        per_use_minor.extend(one.ok()?);
    }
    let prices = Prices {
        agent_hour_minor: agent_hour?,
        setup_hour_minor: setup_hour?,
        overheads_month_minor: overheads?,
        per_use_minor,
    };
    Some(EconomicsConfig { currency: currency?, prices, margin_percent: low..=high, contracts })
}

const LOW_OVER_HIGH: Clause =
    Clause { en: "is above `margin_high_percent`", ru: "больше, чем `margin_high_percent`" };

const NO_SETUP_HOUR: Clause = Clause {
    en: "is not set, and a contract has `setup_hours`",
    ru: "не задано, а в договоре есть `setup_hours`",
};

fn contracts(root: &Section<'_>) -> Option<BTreeMap<String, Contract>> {
    let contract = |(name, section): (String, Section<'_>)| {
        let share = section.or("share_percent", 0, |value| value.hundredths(0..=10_000));
        let fixed = section.or("fixed_month", 0, |value| value.hundredths(MONEY));
        let since = section.may("since", |value| value.date());
        let kept = section.or("per_kept_promise", 0, |value| value.hundredths(MONEY));
        let setup = section.or("setup_hours", 0, |value| value.integer(0..=10_000));
        section.finish();
        let contract = Contract {
            share_bp: u32::try_from(share?).unwrap_or(0),
            fixed_month_minor: fixed?,
            since: since.ok()?,
            per_kept_promise_minor: kept?,
            setup_hours: setup?,
        };
        Some((name, contract))
    };
    root.children("contract").into_iter().map(contract).collect::<Vec<_>>().into_iter().collect()
}
