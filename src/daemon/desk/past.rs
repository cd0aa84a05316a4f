//! What was before: how much of the rules' limits a person has used up, and his last contacts.

use super::House;
use super::subject::Subject;
use crate::campaign::ask;
use crate::cli::words;
use crate::domain::Language;
use crate::rules::explain::{Grounds, explain};
use crate::rules::{self, Agent, Event, EventKind, History, PhoneKey, RuleKind, Set};
use crate::store::StoreError;
use crate::web::{ContactLine, LimitView, day_and_hour};

/// What a desk shows of a person's past.
#[derive(Debug, Default)]
pub(super) struct Before {
    /// The caps that concern another call to him, each with its count.
    pub limits: Vec<LimitView>,
    /// The newest first.
    pub contacts: Vec<ContactLine>,
}

/// Contacts shown.
const SHOWN: usize = 6;

/// Reads it from the ledger, as the rules would for a call to this phone.
pub(super) async fn before(
    house: &House,
    subject: &Subject,
    language: Language,
) -> Result<Before, StoreError> {
    let plans = house.plans.load_full();
    let contact = &subject.file.contact;
    let Some(plan) = plans.config.campaign(&subject.file.campaign) else { return Ok(Before::default()) };
    let Some(rules) = plans.rules(&plan.preset) else { return Ok(Before::default()) };
    let of_call = subject.file.attempt.as_ref().map(|call| &call.phone);
    let phone = contact.phones.iter().find(|phone| Some(&phone.number) == of_call).or(contact.phones.first());
    let Some(phone) = phone else { return Ok(Before::default()) };
    let zones = contact.zones(&plans.registry);
    let callee = contact.callee(phone, &zones);
    let facts = ask(callee, plan.dialling.mode(), plans.config.overrides_of(plan));
    let history = house.store.history(contact.person, PhoneKey::from(&phone.number)).await?;
    let (preset, calendars) = (&rules.preset, &rules.calendars);
    let decision = rules::decide(preset, calendars, &facts, &history, house.clock.wall());
    let grounds = Grounds { preset, calendars, facts: &facts, history: &history };
    let cap = |id: &str| {
        let rule = preset.rules.iter().find(|rule| rule.id.as_str() == id)?;
        let RuleKind::Cap { count, .. } = &rule.kind else { return None };
        Some(counted(count.kinds, language))
    };
    let lines = explain(&decision, &grounds, language).lines.into_iter();
    let limits = lines.filter_map(|line| Some(limit(cap(&line.rule)?, &line.text, line.pass))).collect();
    Ok(Before { limits, contacts: contacts(&history, subject, language) })
}

/// What was done to him on whatever channel, and what came of it; the call itself and what was corrected left out.
fn contacts(history: &History, subject: &Subject, language: Language) -> Vec<ContactLine> {
    let events = history.events();
    let corrected: Vec<_> = events.iter().filter_map(|event| event.corrects).collect();
    let shown = events.iter().filter(|event| {
        let own = event.attempt.is_some() && event.attempt == subject.attempt;
        event.kind != EventKind::InFlight && !own && !corrected.contains(&event.id)
    });
    let mut shown: Vec<_> = shown.collect();
    shown.sort_by_key(|event| std::cmp::Reverse((event.at, event.id)));
    let zone = subject.zone();
    let line = |event: &Event| ContactLine {
        at: day_and_hour(event.at.to_zoned_datetime(zone.clone()).datetime(), language),
        channel: channel(event, language).to_owned(),
        reaction: words::event(event.kind.code(), language).to_owned(),
    };
    shown.into_iter().take(SHOWN).map(line).collect()
}

fn channel(event: &Event, language: Language) -> &str {
    match (&*event.channel_exact, event.agent) {
        ("call", Some(Agent::Human)) => words::channel("agent_call", language),
        ("call", Some(Agent::Robot)) => words::channel("ivr", language),
        (exact, _) => words::channel(exact, language),
    }
}

/// What a cap counts, in a word: two caps of one day differ in it.
fn counted(kinds: Set<EventKind>, language: Language) -> &'static str {
    if kinds.contains(EventKind::AttemptNoAnswer) {
        language.pick("tries", "попытки")
    } else if kinds.contains(EventKind::Message) {
        language.pick("messages", "сообщения")
    } else {
        language.pick("answers", "ответы")
    }
}

/// Every kind that it counts stands in brackets.
fn limit(counted: &str, text: &str, passes: bool) -> LimitView {
    let (short, counts) = text.split_once(" (").unwrap_or((text, ""));
    let counts = counts.split(')').next().unwrap_or_default().to_owned();
    // A line has room for so much; what is counted says the rest.
    let short = ["календарный ", "календарную ", "calendar "]
        .iter()
        .fold(short.to_owned(), |short, word| short.replace(word, ""));
    LimitView { text: format!("{counted} {short}"), counts, passes }
}
