//! `obzvon report pareto`: how much of the money how few of the accounts bring.

use serde_json::json;

use crate::domain::{Currency, Language, Money};
use crate::stats::{ParetoPoint, Ratio, pareto};
use crate::store::{Period, Store};

/// Hundredths of the accounts that the text shows; the JSON has the whole curve.
const SHOWN: [u64; 6] = [1, 5, 10, 20, 50, 100];

/// The report as text, or as JSON.
///
/// # Errors
/// When the store fails.
pub async fn report(store: &Store, period: Period, json: bool, language: Language) -> anyhow::Result<String> {
    let sums = store.paid_by_person(period).await?;
    let curves: Vec<_> = sums.into_iter().map(|(currency, sums)| (currency, pareto(sums))).collect();
    if json {
        let row = |(currency, curve): &(Currency, Vec<ParetoPoint>)| json!({ "currency": currency.code(), "curve": curve });
        return Ok(format!("{}\n", json!(curves.iter().map(row).collect::<Vec<_>>())));
    }
    let mut text = String::new();
    for (currency, curve) in &curves {
        text += &curve_text(*currency, curve, language);
    }
    text += match language {
        Language::En => {
            "How to read it: what the largest payers paid in the period / all that was paid; accounts are persons \
             with a debt.\n"
        }
        Language::Ru => {
            "Как читать: сколько за период заплатили самые крупные плательщики / сколько заплатили все; счёт — \
             человек с долгом.\n"
        }
    };
    Ok(text)
}

fn curve_text(currency: Currency, curve: &[ParetoPoint], language: Language) -> String {
    let Some(all) = curve.last() else { return String::new() };
    let accounts = if language == Language::Ru { "счетов" } else { "accounts" };
    let mut text = format!("{}\n", currency.code());
    for percent in SHOWN {
        let Some(point) = curve.iter().find(|point| point.accounts * 100 >= percent * all.accounts) else {
            continue;
        };
        let share = Ratio::new(point.value.unsigned_abs(), all.value.unsigned_abs()).share();
        let share = share.map(|share| format!(" = {:.1} %", share * 100.0));
        let money = |minor| Money::new(minor, currency).reveal();
        text += &format!(
            "  {percent:>3} % = {:>8} {accounts}: {} / {}{}\n",
            point.accounts,
            money(point.value),
            money(all.value),
            share.unwrap_or_default()
        );
    }
    text
}
