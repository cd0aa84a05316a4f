//! `obzvon report promises`: promises made, and those kept of the ones whose day is over.

use serde_json::json;

use crate::cli::words;
use crate::domain::Language;
use crate::stats::Ratio;
use crate::store::{Period, PromiseLine, Store};

/// The report as text, or as JSON.
///
/// # Errors
/// When the store fails.
pub async fn report(store: &Store, period: Period, json: bool, language: Language) -> anyhow::Result<String> {
    let lines = store.promises_report(period).await?;
    if json {
        let row = |line: &PromiseLine| {
            json!({
                "campaign": line.campaign, "debtor_type": line.debtor_type.code(),
                "currency": line.promised.currency.code(), "made": line.made, "open": line.open,
                "kept": line.kept, "broken": line.broken, "promised_minor": line.promised.minor,
                "kept_minor": line.kept_sum.minor,
            })
        };
        return Ok(format!("{}\n", json!(lines.iter().map(row).collect::<Vec<_>>())));
    }
    if lines.is_empty() {
        let nothing = match language {
            Language::En => "no promise in this time\n",
            Language::Ru => "за это время обещаний не было\n",
        };
        return Ok(nothing.to_owned());
    }
    let mut text: String = lines.iter().map(|line| line_text(line, language)).collect();
    text += match language {
        Language::En => {
            "\nHow to read it: promises kept / promises judged: kept, which may be before their day, and broken; a promise is \
             kept when what was paid on the debt since reaches what was promised\n"
        }
        Language::Ru => {
            "\nКак читать: сдержанные обещания / обещания с исходом: сдержанные, в том числе раньше дня, и нарушенные; \
             обещание сдержано, если оплаченное по долгу с тех пор не меньше обещанного\n"
        }
    };
    Ok(text)
}

/// Whose the promises are that other systems told of, and no campaign's.
pub fn outside(language: Language) -> &'static str {
    match language {
        Language::En => "outside",
        Language::Ru => "вне кампаний",
    }
}

fn line_text(line: &PromiseLine, language: Language) -> String {
    let kept = Ratio::new(line.kept, line.kept + line.broken);
    let debtor_type = words::debtor_type(line.debtor_type.code(), language);
    let (made, open, of) = match language {
        Language::En => ("made", "not due yet", "of"),
        Language::Ru => ("дано", "срок не прошёл", "из"),
    };
    let campaign = if line.campaign.is_empty() { outside(language) } else { line.campaign.as_str() };
    format!(
        "{campaign} · {debtor_type}: {made} {}, {open} {}, {kept}, {} {of} {}\n",
        line.made,
        line.open,
        line.kept_sum.reveal(),
        line.promised.reveal()
    )
}
