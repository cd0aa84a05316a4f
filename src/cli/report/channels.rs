//! `obzvon report channels`: actions against reactions, by channel, debtor type, kind of debt, and what else is asked.

use clap::ValueEnum;
use serde_json::json;

use super::nothing;
use crate::cli::words;
use crate::domain::{Language, Money};
use crate::stats::{Attribution, Axis, DEFINITIONS, EffectRow, effect_table};
use crate::store::{LeftOut, Period, Store};

/// By what else the actions are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// How long the debt was overdue, in days
    Age,
    Campaign,
    Creditor,
    /// On the debtor's own clock
    DayPart,
    Month,
}

impl By {
    pub fn axis(self) -> Axis {
        match self {
            Self::Age => Axis::Age,
            Self::Campaign => Axis::Campaign,
            Self::Creditor => Axis::Creditor,
            Self::DayPart => Axis::DayPart,
            Self::Month => Axis::Month,
        }
    }
}

/// Which action a payment is credited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Rule {
    First,
    Last,
    Linear,
}

impl Rule {
    pub fn attribution(self) -> Attribution {
        match self {
            Self::First => Attribution::First,
            Self::Last => Attribution::Last,
            Self::Linear => Attribution::Linear,
        }
    }
}

/// How the report is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub by: Vec<By>,
    pub attribution: Attribution,
}

/// The channel report as text, or as JSON with the definitions.
///
/// # Errors
/// When the store fails.
pub async fn report(
    store: &Store,
    period: Period,
    asked: &Asked,
    json: bool,
    language: Language,
) -> anyhow::Result<String> {
    let mut by: Vec<Axis> = asked.by.iter().map(|by| by.axis()).collect();
    by.dedup();
    let table = effect_table(&store.effects_report(period, &by).await?, asked.attribution);
    let left_out = store.left_out(period).await?;
    let windows = store.basis().await?.windows;
    if json {
        let days = |long: jiff::SignedDuration| long.as_hours() / 24;
        let of_channels: serde_json::Map<_, _> = windows
            .by_channel
            .iter()
            .map(|(channel, long)| (channel.code().to_owned(), json!(days(*long))))
            .collect();
        let answer = json!({
            "definitions": DEFINITIONS, "by": by, "attribution": asked.attribution,
            "window_days": days(windows.otherwise), "windows": of_channels, "rows": table, "left_out": left_out,
        });
        return Ok(format!("{answer}\n"));
    }
    if table.is_empty() {
        return Ok(format!("{}{}", nothing_done(left_out, language), left_out_text(left_out, language)));
    }
    let mut text = String::new();
    for row in &table {
        text += &effect_text(row, language);
    }
    text += &left_out_text(left_out, language);
    text += &rule_text(asked.attribution, &windows, language);
    text += match language {
        Language::En => "\nHow to read it: what is counted / out of what = share (its 95 % interval)\n",
        Language::Ru => "\nКак читать: что посчитано / из чего = доля (95-процентный интервал)\n",
    };
    for definition in DEFINITIONS {
        let (numerator, denominator) = match language {
            Language::En => (definition.numerator, definition.denominator),
            Language::Ru => (definition.numerator_ru, definition.denominator_ru),
        };
        text += &format!("  {:<18} {numerator} / {denominator}\n", words::figure(definition.key, language));
    }
    Ok(text)
}

/// By which rule payments are credited, and for how long a channel is believed.
fn rule_text(rule: Attribution, windows: &crate::stats::Windows, language: Language) -> String {
    let days = |long: jiff::SignedDuration| long.as_hours() / 24;
    let of_channels: String = windows
        .by_channel
        .iter()
        .map(|(channel, long)| format!(", {} {}", words::channel(channel.code(), language), days(*long)))
        .collect();
    let otherwise = days(windows.otherwise);
    match (language, rule) {
        (Language::En, rule) => format!(
            "A payment is credited to the {} on the debt within its window. Windows in days: {otherwise}{of_channels}. \
             A credit is no cause: `report uplift` measures that.\n",
            match rule {
                Attribution::First => "first action",
                Attribution::Last => "last action",
                Attribution::Linear => "actions in equal parts, all those",
            }
        ),
        (Language::Ru, rule) => format!(
            "Платёж зачтён {} по долгу в пределах окна. Окна, дней: {otherwise}{of_channels}. Зачёт — не причина: её \
             измеряет `report uplift`.\n",
            match rule {
                Attribution::First => "первому действию",
                Attribution::Last => "последнему действию",
                Attribution::Linear => "поровну всем действиям",
            }
        ),
    }
}

/// Attempts that are not among the actions, and why.
fn left_out_text(left_out: LeftOut, language: Language) -> String {
    let LeftOut { taken_back, open } = left_out;
    match language {
        Language::En => format!(
            "\nNot among the actions: {taken_back} that we took back before an answer (payment, hold, stop): nobody was \
             reached; {open} still open\n"
        ),
        Language::Ru => format!(
            "\nНе вошли в действия: {taken_back} отозваны нами до ответа (платёж, запрет, остановка): никого не застали; \
             {open} ещё идут\n"
        ),
    }
}

fn nothing_done(left_out: LeftOut, language: Language) -> &'static str {
    match (left_out == LeftOut::default(), language) {
        (true, language) => nothing(language),
        (false, Language::En) => "no action in this time\n",
        (false, Language::Ru) => "за это время действий не было\n",
    }
}

fn effect_text(row: &EffectRow, language: Language) -> String {
    let money = |minor| Money::new(minor, row.currency).reveal();
    let by: String =
        row.by.iter().filter(|value| !value.is_empty()).map(|value| format!(" · {value}")).collect();
    let head = format!(
        "{} · {} · {}{by}",
        words::channel(row.channel.code(), language),
        words::debtor_type(row.debtor_type.code(), language),
        words::debt_kind(row.kind.code(), language)
    );
    let lines = [
        ("answered", row.answered),
        ("right_party", row.right_party),
        ("amount_heard", row.amount_heard),
        ("promise", row.promise),
        ("kept", row.kept),
        ("refused", row.refused),
        ("dispute", row.dispute),
        ("complaint", row.complaint),
        ("opt_out", row.opt_out),
        ("paid", row.paid),
        ("paid_in_full", row.paid_in_full),
        ("paid_in_part", row.paid_in_part),
        ("no_reaction", row.no_reaction),
        ("faults", row.faults),
    ];
    let line = |key: &str, value: String| format!("  {:<18} {value}\n", words::figure(key, language));
    // What never happened, and could have, is left out of a long list; the files have it all.
    let told = lines.iter().filter(|(key, ratio)| ratio.numerator > 0 || USUAL.contains(key));
    let ratios: String = told.map(|(key, ratio)| line(key, ratio.to_string())).collect();
    let (asked, paid) = (money(row.asked_minor), money(row.paid_minor));
    let sums = match language {
        Language::En => format!("credited {paid}, asked for {asked} in all actions"),
        Language::Ru => format!("зачтено {paid}, напоминали о {asked} во всех действиях"),
    };
    format!("{head}\n{}{ratios}{}", line("actions", row.actions.to_string()), line("money", sums))
}

/// Told even where there are none.
const USUAL: [&str; 6] = ["answered", "right_party", "amount_heard", "promise", "paid", "no_reaction"];
