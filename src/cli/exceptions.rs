//! The approved exceptions of `limits.toml`, and presets to be warned of: shown wherever the rules are.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::campaign::CampaignPlan;
use crate::config::Config;
use crate::domain::{Language, plain};
use crate::rules::{Caution, Override};

/// All there is to show of the rules in force, preset by preset, a line each.
pub fn notices_text(config: &Config, now: Timestamp, language: Language) -> String {
    let said = config.rules.presets.iter().map(|(name, preset)| {
        let listed = config.rules.overrides.get(name).map_or(&[][..], Vec::as_slice);
        caution_text(name, preset.caution, language) + &exceptions_text(name, listed, now, language)
    });
    said.collect()
}

/// The same for the rules of one campaign.
pub fn notices_of(config: &Config, plan: &CampaignPlan, now: Timestamp, language: Language) -> String {
    let caution = config.preset_of(plan).caution;
    caution_text(&plan.preset, caution, language)
        + &exceptions_text(&plan.preset, config.overrides_of(plan), now, language)
}

/// A line of warning where there is something to warn of.
pub fn caution_text(preset: &str, caution: Option<Caution>, language: Language) -> String {
    let said = match (caution, language) {
        (None, _) => return String::new(),
        (Some(Caution::Lenient), Language::En) => "reads the law leniently: only with written legal advice",
        (Some(Caution::Lenient), Language::Ru) => {
            "читает закон в мягкую сторону: только с письменным заключением юриста"
        }
        (Some(Caution::Own), Language::En) => "is not as tight as the law of any market that is shipped",
        (Some(Caution::Own), Language::Ru) => "мягче любого из поставленных законов",
    };
    match language {
        Language::En => format!("warning: preset {preset} {said}\n"),
        Language::Ru => format!("предупреждение: набор правил {preset} {said}\n"),
    }
}

/// The presets in force to be warned of, for a program.
pub fn cautions_json(config: &Config) -> Vec<Value> {
    let all = config.rules.presets.iter();
    let warned = all.filter_map(|(name, preset)| Some(json!({ "preset": name, "caution": preset.caution? })));
    warned.collect()
}

/// One line an exception: the rule, its limit, the evidence with who approved it, and its end.
pub fn exceptions_text(preset: &str, exceptions: &[Override], now: Timestamp, language: Language) -> String {
    let lines = exceptions.iter().map(|one| {
        let Override { rule, limit, evidence, until, .. } = one;
        let evidence = plain(evidence);
        let until = until.map_or_else(|| "-".to_owned(), |until| until.to_string());
        let ahead = one.from.is_some_and(|from| now < from);
        let stands = match (language, one.in_force(now), ahead) {
            (Language::Ru, true, _) => "исключение в силе",
            (Language::Ru, false, true) => "исключение ещё не началось",
            (Language::Ru, false, false) => "исключение истекло",
            (Language::En, true, _) => "exception in force",
            (Language::En, false, true) => "exception that has not begun",
            (Language::En, false, false) => "exception expired",
        };
        match language {
            Language::Ru => {
                format!("{stands}: {preset}, {rule}: предел {limit}, основание — {evidence}, до {until}\n")
            }
            Language::En => {
                format!("{stands}: {preset}, {rule}: limit {limit} on {evidence}, until {until}\n")
            }
        }
    });
    lines.collect()
}

/// The same for a program.
pub fn exceptions_json(preset: &str, exceptions: &[Override], now: Timestamp) -> Vec<Value> {
    let objects = exceptions.iter().map(|one| {
        json!({
            "preset": preset, "rule": one.rule, "limit": one.limit, "evidence": one.evidence, "until": one.until,
            "in_force": one.in_force(now),
        })
    });
    objects.collect()
}
