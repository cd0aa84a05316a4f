//! How much of the rules' limits a person has used up.

use super::House;
use super::subject::Subject;
use crate::campaign::{Callee, ask};
use crate::domain::Language;
use crate::rules::explain::{Grounds, explain};
use crate::rules::{self, PhoneKey, RuleKind};
use crate::store::StoreError;
use crate::web::LimitView;

/// The caps that concern another call to him, each with its count.
pub(super) async fn limits(
    house: &House,
    subject: &Subject,
    language: Language,
) -> Result<Vec<LimitView>, StoreError> {
    let plans = house.plans.load_full();
    let contact = &subject.file.contact;
    let Some(plan) = plans.config.campaign(&subject.file.campaign) else { return Ok(Vec::new()) };
    let Some(rules) = plans.rules(&plan.preset) else { return Ok(Vec::new()) };
    let of_call = subject.file.attempt.as_ref().map(|call| &call.phone);
    let phone = contact.phones.iter().find(|phone| Some(&phone.number) == of_call).or(contact.phones.first());
    let Some(phone) = phone else { return Ok(Vec::new()) };
    let numbers = contact.phones.iter().map(|phone| &phone.number);
    let (zone, region) = (contact.time_zone.as_deref(), contact.region.as_deref());
    let zones = rules::zone::of_contact(zone, region, numbers, &plans.registry);
    let callee = Callee {
        person: contact.person,
        debt: contact.debt,
        creditor: &contact.creditor,
        phone: &phone.number,
        phone_type: phone.phone_type,
        relation: phone.relation,
        zones: &zones,
    };
    let facts = ask(callee, plan.dialling.mode(), plans.config.overrides_of(plan));
    let history = house.store.history(contact.person, PhoneKey::from(&phone.number)).await?;
    let (preset, calendars) = (&rules.preset, &rules.calendars);
    let decision = rules::decide(preset, calendars, &facts, &history, house.clock.wall());
    let grounds = Grounds { preset, calendars, facts: &facts, history: &history };
    let is_cap = |id: &str| {
        let rule = preset.rules.iter().find(|rule| rule.id.as_str() == id);
        rule.is_some_and(|rule| matches!(rule.kind, RuleKind::Cap { .. }))
    };
    let lines = explain(&decision, &grounds, language).lines.into_iter().filter(|line| is_cap(&line.rule));
    Ok(lines.map(|line| LimitView { text: short(&line.text), passes: line.pass }).collect())
}

/// Without what it counts, which stands in brackets.
fn short(text: &str) -> String {
    text.split(" (").next().unwrap_or(text).to_owned()
}
