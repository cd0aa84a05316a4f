//! `obzvon report types`: the debtors' types now, and how they changed.

use serde_json::json;

use crate::cli::words;
use crate::domain::Language;
use crate::stats::Ratio;
use crate::store::{Period, Store};

/// The report as text, or as JSON.
///
/// # Errors
/// When the store fails.
pub async fn report(store: &Store, period: Period, json: bool, language: Language) -> anyhow::Result<String> {
    let (shares, moves) = store.types_report(period).await?;
    if json {
        let shares: Vec<_> = shares
            .iter()
            .map(|line| json!({ "debtor_type": line.debtor_type.code(), "persons": line.persons, "owing": line.owing }))
            .collect();
        let moves: Vec<_> = moves
            .iter()
            .map(|line| {
                json!({ "was": line.was.code(), "became": line.became.code(), "who": line.who, "persons": line.persons })
            })
            .collect();
        return Ok(format!("{}\n", json!({ "shares": shares, "changes": moves })));
    }
    let (all, owing, none, how) = match language {
        Language::En => (
            "persons / all persons",
            "with an open debt",
            "no type changed in this time",
            "who changed it: changes of this way",
        ),
        Language::Ru => (
            "человек / всего людей",
            "с открытым долгом",
            "за это время типы не менялись",
            "кто изменил: изменений в эту сторону",
        ),
    };
    let total: u64 = shares.iter().map(|line| line.persons).sum();
    let mut text = format!("{all}\n");
    for line in &shares {
        let name = words::debtor_type(line.debtor_type.code(), language);
        text += &format!(
            "  {name:<24} {}, {owing} {}\n",
            Ratio::new(line.persons, total).shown(language),
            line.owing
        );
    }
    if moves.is_empty() {
        return Ok(text + none + "\n");
    }
    text += &format!("{how}\n");
    for line in &moves {
        let [was, became] = [line.was, line.became].map(|it| words::debtor_type(it.code(), language));
        text += &format!("  {was} → {became}: {} {}\n", line.who, line.persons);
    }
    Ok(text)
}
