//! `obzvon report kpi`: the field's figures by name, each with its formula; `obzvon report glossary` has only those.

use serde_json::json;

use crate::domain::{Currency, Language};
use crate::stats::{AbandonmentOf, Counts, KPIS, kpis};
use crate::store::{Period, Store};

/// The report as text, or as JSON.
///
/// # Errors
/// When the store fails.
pub async fn report(
    store: &Store,
    period: Period,
    abandonment_of: AbandonmentOf,
    (json, language): (bool, Language),
) -> anyhow::Result<String> {
    let mut campaigns = store.kpi_report(period).await?;
    campaigns.values_mut().for_each(|counts| counts.abandonment_of = abandonment_of);
    if json {
        let rows: Vec<_> = campaigns.iter().map(|(key, counts)| row_json(key, counts)).collect();
        return Ok(format!("{}\n", json!({ "definitions": KPIS, "rows": rows })));
    }
    if campaigns.is_empty() {
        return Ok(super::nothing(language).to_owned());
    }
    let mut text = String::new();
    for ((campaign, currency), counts) in &campaigns {
        text += &format!("{campaign} · {}\n", currency.code());
        for (definition, value) in kpis(counts) {
            let value = value.shown(definition.unit, *currency, language);
            text += &format!("  {:<42} {value}\n", definition.words(language).0);
        }
    }
    Ok(text + "\n" + &super::glossary::glossary(language))
}

fn row_json((campaign, currency): &(String, Currency), counts: &Counts) -> serde_json::Value {
    let figures: serde_json::Map<_, _> = kpis(counts)
        .into_iter()
        .map(|(definition, value)| (definition.key.to_owned(), json!(value)))
        .collect();
    json!({ "campaign": campaign, "currency": currency.code(), "counts": counts, "figures": figures })
}
