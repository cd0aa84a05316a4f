//! What the page says of a campaign's contacts: each reason in words, when the first of them may be called, and what can be
//! done; and of one person, everything.

use jiff::Timestamp;

use super::{Judge, Reason};
use crate::cli::explain;
use crate::cli::words;
use crate::daemon::house::House;
use crate::domain::contact::ContactState;
use crate::domain::{Language, Outcome};
use crate::rules::explain::rule_in_words;
use crate::store::{CampaignRow, StoreError, WhyNot};
use crate::web::{WhyNotAct, WhyNotLine};

/// What is done about a reason: its code, English, Russian, and the room where it is done.
type Act = (&'static str, &'static str, &'static str, &'static str);

const ACTS: [Act; 25] = [
    ("agent_awaited", "an agent has to be ready", "нужен готовый оператор", "/agents"),
    ("agent_wanted", "an agent takes him", "его возьмёт оператор", "/agents"),
    ("budget_spent", "more tries: retries.budget", "больше попыток: retries.budget", "/config"),
    ("campaign_draft", "start the campaign", "запустить кампанию", "/campaigns"),
    ("campaign_hours", "other hours: hours", "другие часы: hours", "/config"),
    ("campaign_over", "another last day: ends", "другой последний день: ends", "/config"),
    ("campaign_paused", "start the campaign", "запустить кампанию", "/campaigns"),
    ("campaign_stopped", "make a new campaign", "завести новую кампанию", "/config"),
    ("campaign_unknown", "put its file back", "вернуть её файл", "/config"),
    ("disputed", "answer the dispute", "ответить на спор", "/cases"),
    ("needs_agent", "an agent takes him", "его возьмёт оператор", "/agents"),
    ("no_caller_id", "a number to show", "нужен номер для показа", "/trunks"),
    ("no_phone", "import another number", "загрузить другой номер", "/imports"),
    ("no_such_agent", "an agent with the skill: agents.toml", "оператор с навыком: agents.toml", "/config"),
    ("no_trunk", "a trunk for the number", "нужен транк для номера", "/trunks"),
    ("not_now", "the agent calls him", "оператор позвонит сам", "/agents"),
    ("outside_shift", "another shift: agents.shift", "другая смена: agents.shift", "/config"),
    ("phone_invalid", "import another number", "загрузить другой номер", "/imports"),
    ("phone_wrong_person", "import another number", "загрузить другой номер", "/imports"),
    ("stopped", "see his case", "смотреть его дело", "/cases"),
    ("trunks_full", "more lines, or wait", "больше линий или ждать", "/trunks"),
    ("trunks_ill", "see the trunk", "проверить транк", "/trunks"),
    ("fail_closed.zone", "import his region or zone", "загрузить его регион или пояс", "/imports"),
    (
        "unnamed",
        "an agent takes him, or an engine for names",
        "его возьмёт оператор; нужен движок имён",
        "/agents",
    ),
    ("unspeakable", "record the words: obzvon prompts", "записать слова: obzvon prompts", "/config"),
];

/// The page of a campaign; `None`: there is no such campaign.
///
/// # Errors
/// When the store fails.
pub async fn page(
    house: &House,
    campaign: &str,
    language: Language,
) -> Result<Option<Vec<WhyNotLine>>, StoreError> {
    let rows = house.store.campaigns().await?;
    let Some(row) = rows.iter().find(|row| row.name == campaign) else { return Ok(None) };
    let plans = house.plans.load_full();
    let config = &plans.config;
    let zone = &config.cases.zone;
    let shown = |at: Timestamp| at.to_zoned_datetime(zone.clone()).strftime("%F %H:%M").to_string();
    let preset = config.campaign(campaign).map(|plan| config.preset_of(plan));
    let line = |Reason { total, first }: Reason| {
        let code = total.why.as_str();
        let awaited = code.strip_prefix(words::CALL_DUE).unwrap_or(code);
        // The skills that are waited for may have dots in their names.
        let (kind, skills) = awaited.split_once(':').unwrap_or((awaited, ""));
        let rule = if skills.is_empty() && code.contains('.') {
            preset.map(|preset| rule_in_words(preset, code, language))
        } else {
            None
        };
        let is_rule = rule.is_some();
        let act = ACTS
            .iter()
            .find(|(known, ..)| *known == kind)
            .map(|&(_, en, ru, room)| WhyNotAct { text: language.pick(en, ru), room });
        // What a rule forbids for good only people can change.
        let stuck = is_rule && first.is_none() && act.is_none();
        let see = WhyNotAct {
            text: language.pick("see the person's holds below", "проверить человека ниже"),
            room: "#person",
        };
        WhyNotLine {
            state: words::contact_state(total.state.code(), language).to_owned(),
            why: rule.unwrap_or_else(|| said(&total, language)),
            rule: if is_rule { code.to_owned() } else { String::new() },
            contacts: total.contacts,
            first: first.filter(|_| total.state != ContactState::Done).map(shown),
            act: if stuck { Some(see) } else { act },
        }
    };
    Ok(Some(judged(house, row).await?.into_iter().map(line).collect()))
}

/// A reason that is no rule: of an outcome, that it was so the last time; of nothing, that nothing forbids the call.
fn said(total: &WhyNot, language: Language) -> String {
    let code = total.why.as_str();
    match total.state {
        ContactState::Queued if code.is_empty() => language
            .pick("may be called: waits for a free line", "можно звонить: ждёт свободной линии")
            .to_owned(),
        ContactState::InFlight => language.pick("a call is under way", "звонок идёт").to_owned(),
        ContactState::Waiting if Outcome::parse(code).is_some() => {
            let last = language.pick("a pause; last time", "пауза; в прошлый раз");
            format!("{last}: {}", words::why(code, language))
        }
        ContactState::Done | ContactState::Held | ContactState::Queued | ContactState::Waiting => {
            words::why(code, language)
        }
    }
}

/// What is told for people: codes in brackets at a line's end are for programs.
fn without_codes(text: &str) -> String {
    let is_code = |inside: &str| {
        !inside.is_empty()
            && inside
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b':' | b' ' | b'.'))
    };
    let line = |line: &str| match line.strip_suffix(')').and_then(|line| line.rsplit_once(" (")) {
        Some((before, inside)) if is_code(inside) || words::wants_skills(inside) => format!("{before}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// A campaign's contacts by state and reason, as the rules and the hours have it now.
///
/// # Errors
/// When the store fails.
pub async fn judged(house: &House, row: &CampaignRow) -> Result<Vec<Reason>, StoreError> {
    let plans = house.plans.load_full();
    let (store, config, registry) = (&house.store, &plans.config, &plans.registry);
    let (killed, now) = (*house.killed.borrow(), house.clock.wall());
    Judge { store, config, registry, killed, now }.reasons(row).await
}

/// All that the rules and the queue say of a person; who asks is written down first. Empty: nobody has the id or number.
///
/// # Errors
/// When the store fails.
pub async fn explained(
    house: &House,
    person: &str,
    who: &str,
    language: Language,
) -> Result<String, StoreError> {
    let plans = house.plans.load_full();
    for file in house.store.person_files(person).await? {
        house.store.note_access(file.id, who, "person: opened, why_not", house.clock.wall()).await?;
    }
    match explain::explained(&plans.config, &house.store, person, language).await {
        Ok(text) => Ok(without_codes(&text)),
        Err(fault) => match fault.downcast::<StoreError>() {
            Ok(fault) => Err(fault),
            Err(fault) => {
                tracing::warn!(fault = format!("{fault:#}"), "a person was not explained");
                Ok(String::new())
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_reads_as_what_happened_and_what_is_waited_for() {
        let of = |state, why: &str| said(&WhyNot { state, why: why.to_owned(), contacts: 1 }, Language::Ru);
        assert_eq!(of(ContactState::Queued, ""), "можно звонить: ждёт свободной линии");
        assert_eq!(of(ContactState::Waiting, "no_answer"), "пауза; в прошлый раз: не ответил");
        assert_eq!(of(ContactState::Waiting, "callback_agreed"), "ждёт звонка в обещанное время");
        assert_eq!(of(ContactState::Done, "paid"), "оплачен");
    }

    #[test]
    fn codes_are_left_out_and_what_people_read_stays() {
        assert_eq!(
            without_codes("  занято (waiting: busy)\nда  предел (разговор)"),
            "  занято\nда  предел (разговор)\n"
        );
        let told = "  никого нет: creditor:Северный (no_such_agent:creditor:Северный)";
        assert_eq!(without_codes(told), "  никого нет: creditor:Северный\n");
    }

    #[test]
    fn every_act_is_about_a_reason_that_has_words() {
        for (code, ..) in ACTS {
            assert!(code.contains('.') || words::why(code, Language::Ru) != code, "{code}");
        }
    }
}
