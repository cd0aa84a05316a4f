//! `obzvon report wear`: what the n-th use of a channel brings against the first.

use clap::ValueEnum;
use serde_json::json;

use crate::cli::sheet::reacted;
use crate::cli::words;
use crate::domain::Language;
use crate::stats::{ENOUGH, Wear, WearBy, WearRow, decimal_sign, wear};
use crate::store::{Period, Store};

/// What counts as a reaction.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Reaction {
    /// The debtor confirmed who he is
    RightParty,
    /// A promise to pay, or a request for a link
    Promise,
    /// A payment on the debt within the channel's window
    Payment,
}

impl Reaction {
    pub fn wear_by(self) -> WearBy {
        match self {
            Self::Payment => WearBy::Payment,
            Self::Promise => WearBy::Promise,
            Self::RightParty => WearBy::RightParty,
        }
    }
}

/// The report as text, or as JSON.
///
/// # Errors
/// When the store fails.
pub async fn report(
    store: &Store,
    period: Period,
    reaction: WearBy,
    json: bool,
    language: Language,
) -> anyhow::Result<String> {
    let channels = store.wear_report(period, reacted(reaction)).await?;
    let channels: Vec<_> = channels.iter().map(|(channel, uses)| (channel.code(), wear(uses))).collect();
    if json {
        let row = |(channel, wear): &(&str, Wear)| json!({ "channel": channel, "rows": wear.rows, "worn_from": wear.worn_from });
        return Ok(format!("{}\n", json!(channels.iter().map(row).collect::<Vec<_>>())));
    }
    if channels.is_empty() {
        return Ok(super::nothing(language).to_owned());
    }
    let mut text = String::new();
    for (channel, wear) in &channels {
        text += &format!("{}\n", words::channel(channel, language));
        text += &wear.rows.iter().map(|row| row_text(row, language)).collect::<String>();
        text += &advice(wear, language);
    }
    Ok(text + &definition(reaction, language))
}

fn row_text(row: &WearRow, language: Language) -> String {
    let against = row.against_first.map(|it| {
        let of_first = if language == Language::Ru { "от первого" } else { "of the first" };
        let times = format!("×{:.2} ({:.2}–{:.2})", it.value, it.low, it.high);
        format!("  {} {of_first}", decimal_sign(&times, language))
    });
    format!("  {:>2}. {}{}\n", row.nth, row.reacted.shown(language), against.unwrap_or_default())
}

/// What the figures suggest; it is the supervisor's to do.
fn advice(wear: &Wear, language: Language) -> String {
    match (wear.worn_from, language) {
        (Some(nth), Language::En) => {
            format!("  worn from use {nth} on: after {} without a reaction try another channel\n", nth - 1)
        }
        (Some(nth), Language::Ru) => {
            let after = nth - 1;
            format!("  приелось с {nth}-го раза: после {after} без ответа смените канал\n")
        }
        (None, Language::En) => "  no wear that is sure\n".to_owned(),
        (None, Language::Ru) => "  достоверного износа нет\n".to_owned(),
    }
}

fn definition(reaction: WearBy, language: Language) -> String {
    let reacted = match (reaction, language) {
        (WearBy::RightParty, Language::En) => "uses in which the debtor confirmed who he is",
        (WearBy::RightParty, Language::Ru) => "разы, когда должник подтвердил, что это он",
        (WearBy::Promise, Language::En) => "uses with a promise to pay or a request for a link",
        (WearBy::Promise, Language::Ru) => "разы с обещанием заплатить или запросом ссылки",
        (WearBy::Payment, Language::En) => "uses with a payment on the debt within the channel's window",
        (WearBy::Payment, Language::Ru) => "разы, после которых за окно канала пришёл платёж по долгу",
    };
    match language {
        Language::En => format!(
            "\nHow to read it: n-th use of the channel on a debtor, over all his debts. {reacted} / n-th uses in the period (faults left \
             out).\nAgainst the first: share of the n-th over that of the first use; a channel's intervals hold at \
             once in 95 cases of 100; fewer than {ENOUGH} uses are not compared.\nWho pays early gets no later use, so \
             later uses meet the harder debtors, and the share falls though nobody tires. Worn is told only where it falls \
             faster than any mix of people who do not tire could make it; a channel that is not told may be worn, too.\n"
        ),
        Language::Ru => format!(
            "\nКак читать: n-й раз, когда канал применён к должнику, по всем его долгам. {reacted} / n-е разы за период (без сбоев).\nОт \
             первого: доля n-го раза к доле первого; интервалы канала верны вместе в 95 случаях из 100; меньше \
             {ENOUGH} раз не сравниваем.\nКто заплатил рано, тем больше не звонят, поэтому поздние разы достаются \
             трудным должникам, и доля падает, даже если никто не устал. Об износе сказано, только если она падает быстрее, \
             чем могла бы при любых неустающих людях; канал, о котором не сказано, тоже мог приесться.\n"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{Estimate, Ratio};

    #[test]
    fn figures_have_the_sign_that_the_language_has_between_units_and_tenths() {
        let against_first = Some(Estimate { value: 0.5, low: 0.25, high: 0.75 });
        let row = WearRow { nth: 2, reacted: Ratio::new(10, 30), against_first, against_floor: None };
        let [ru, en] = [Language::Ru, Language::En].map(|language| row_text(&row, language));
        assert!(ru.contains("10/30 = 33,3 %") && ru.contains("×0,50 (0,25–0,75) от первого"), "{ru}");
        assert!(en.contains("10/30 = 33.3 %") && en.contains("×0.50 (0.25–0.75) of the first"), "{en}");
    }
}
