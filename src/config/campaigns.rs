//! `campaigns/*.toml`: one plan a file.

use std::sync::Arc;

use super::daemon::name;
use super::dialling::dialling;
use super::read::{Clause, Mistake, Section, Value, words};
use super::trunks::{LANGUAGES, Trunks};
use crate::campaign::{
    Calendar, CampaignPlan, Delays, Hours, Limits, PromisePolicy, Retries, RetryClass, ScoreWeights, Targets,
};
use crate::domain::{Channel, DebtKind, DebtorType, Language, PhoneNumber, nearest};
use crate::ivr::IdentifiedBy;
use crate::trunk::CallerIdStatus;

/// What a campaign may refer to.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    pub trunks: &'a Trunks,
    pub flows: &'a [String],
    pub presets: &'a [String],
}

/// Reads the file's root; `stem` is its name without the ending.
pub fn campaign(root: &Section<'_>, stem: &str, known: Known<'_>) -> Option<CampaignPlan> {
    let kinds = [("reminder", false), ("service", true)];
    let is_service = root.or("kind", false, |value| value.one_of(&kinds));
    let named = root.or("name", stem.to_owned(), name);
    let channels = [Channel::Ivr, Channel::AgentCall].map(|channel| (channel.code(), channel));
    let channel = root.or("channel", Channel::Ivr, |value| value.one_of(&channels));
    let dialling = dialling(root, channel);
    let apology = root.may("apology", |value| refer(value, words::FLOW, known.flows)).ok();
    // The shipped one serves where it is there and no other is named.
    let shipped = || known.flows.iter().find(|flow| *flow == "apology").cloned();
    let flow = root.must("flow", words::FLOW, |value| refer(value, words::FLOW, known.flows));
    let by_kind = root.child("flow_by_kind");
    let flow_by_kind = keyed(&by_kind, DebtKind::ALL.map(|kind| (kind.code(), kind)), |value| {
        refer(value, words::FLOW, known.flows)
    });
    let identity = root.or("identity", IdentifiedBy::default(), |value| value.one_of(&IDENTITIES));
    let language = root.or("language", Language::Ru, |value| value.one_of(&LANGUAGES));
    let preset = root.or("preset", "ru-230fz-safe".to_owned(), |value| preset(value, known.presets));
    let targets = targets(root);
    let trunks = trunks(root, known.trunks);
    let caller_ids = caller_ids(root, trunks.as_deref(), known.trunks);
    let calendar = calendar(&root.child("calendar"));
    let retries = retries(&root.child("retries"));
    let score = score(&root.child("score"));
    let limits = limits(root);
    let promises = promises(&root.child("promises"));
    let (is_service, channel) = (is_service?, channel?);
    // A made-up debt of nothing is always current; an agent would be shown it as owed.
    if is_service && channel != Channel::Ivr {
        root.note("channel", Mistake::Contradiction(SERVICE_BY_VOICE));
        return None;
    }
    let targets = targets.map(|targets| match is_service {
        true => Targets { kinds: vec![DebtKind::Current], ..targets },
        false => targets,
    });
    Some(CampaignPlan {
        is_service,
        name: named?.into(),
        channel,
        dialling: dialling?,
        apology: apology?.or_else(shipped),
        flow: flow?,
        flow_by_kind: flow_by_kind?,
        // A service call has no debt to keep from anybody.
        identity: if is_service { IdentifiedBy::Number } else { identity? },
        language: language?,
        targets: targets?,
        preset: preset?,
        trunks: trunks?,
        caller_ids: caller_ids?,
        calendar: calendar?,
        retries: retries?,
        score: score?,
        limits: limits?,
        promises: promises?,
    })
}

const IDENTITIES: [(&str, IdentifiedBy); 2] =
    [("name", IdentifiedBy::Name), ("number", IdentifiedBy::Number)];

const SERVICE_BY_VOICE: Clause = Clause {
    en: "a campaign of kind \"service\" is of the channel \"ivr\"; its flow may connect to an agent",
    ru: "кампания вида \"service\" бывает только канала \"ivr\"; её сценарий может соединить с оператором",
};

fn refer(value: &Value<'_>, what: Clause, known: &[String]) -> Result<String, Mistake> {
    let name = value.text()?;
    if known.contains(&name) {
        return Ok(name);
    }
    let nearest = nearest(&name, known.iter().map(String::as_str)).map(str::to_owned);
    Err(Mistake::NoSuch { what, name, nearest })
}

/// Presets may be composed: `us-regf+us-ma`, every part a known one.
fn preset(value: &Value<'_>, known: &[String]) -> Result<String, Mistake> {
    let composed = value.text()?;
    for part in composed.split('+') {
        refer(&Value::of_text(part), words::PRESET, known)?;
    }
    Ok(composed)
}

fn targets(root: &Section<'_>) -> Option<Targets> {
    let creditors = root.list("creditors", Value::text);
    let types = DebtorType::ALL.map(|debtor_type| (debtor_type.code(), debtor_type));
    let debtor_types = root.list("debtor_types", |value| value.one_of(&types));
    let kinds = DebtKind::ALL.map(|kind| (kind.code(), kind));
    let listed_kinds = root.list("kinds", |value| value.one_of(&kinds));
    let collectible_years = root.or("collectible_years", 3, |value| value.integer(1..=30));
    let or = |listed: Vec<_>, default: &[_]| if listed.is_empty() { default.to_vec() } else { listed };
    let kinds = listed_kinds?;
    Some(Targets {
        creditors: creditors?,
        debtor_types: or(debtor_types?, &[DebtorType::Forgetful]),
        kinds: if kinds.is_empty() { vec![DebtKind::Current, DebtKind::Overdue] } else { kinds },
        collectible_years: collectible_years?,
    })
}

/// The trunks named, or all there are.
fn trunks(root: &Section<'_>, known: &Trunks) -> Option<Vec<Arc<str>>> {
    let names: Vec<String> = known.iter().map(|(name, _)| name.clone()).collect();
    let listed = root.list("trunks", |value| refer(value, words::TRUNK, &names))?;
    let chosen = if listed.is_empty() { names } else { listed };
    Some(chosen.into_iter().map(Into::into).collect())
}

/// The numbers named; each has to be allocated on a trunk of the campaign.
fn caller_ids(root: &Section<'_>, trunks: Option<&[Arc<str>]>, known: &Trunks) -> Option<Vec<PhoneNumber>> {
    let ours = |name: &str| trunks.is_some_and(|trunks| trunks.iter().any(|trunk| **trunk == *name));
    let plans: Vec<_> = known.iter().filter(|(name, _)| ours(name)).collect();
    // A trunk with a mistake of its own may have any number, and so may one whose name is mistyped.
    let unsure = trunks.is_none() || plans.iter().any(|(_, plan)| plan.is_none());
    root.list("caller_ids", |value| {
        let number = value.phone()?;
        let mut ids = plans.iter().filter_map(|(_, plan)| plan.as_ref()).flat_map(|plan| &plan.caller_ids);
        let ours = ids.any(|id| id.number == number && id.status == CallerIdStatus::Allocated);
        if ours || unsure { Ok(number) } else { Err(Mistake::Contradiction(NOT_ALLOCATED)) }
    })
}

const NOT_ALLOCATED: Clause = Clause {
    en: "no trunk of this campaign has that number as allocated",
    ru: "ни на одном транке кампании этот номер не выделен",
};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Each day by its name, or `weekdays` and `weekend` for those not named; `off` closes a day.
fn calendar(section: &Section<'_>) -> Option<Calendar> {
    let open = |value: &Value<'_>| match value.text()?.as_str() {
        "off" => Ok(None),
        _ => value.hours().map(Some),
    };
    let all_day = Some(Hours { opens: jiff::civil::Time::MIN, closes: jiff::civil::Time::MAX });
    let weekdays = section.or("weekdays", all_day, open);
    let weekend = section.or("weekend", all_day, open);
    let named = DAYS.map(|day| section.may(day, open));
    let off = section.list("off", Value::date);
    let not_before = section.may("not_before", Value::moment);
    let not_after = section.may("not_after", Value::moment);
    section.finish();
    let (weekdays, weekend) = (weekdays?, weekend?);
    let mut hours = [weekdays, weekdays, weekdays, weekdays, weekdays, weekend, weekend];
    for (hours, named) in hours.iter_mut().zip(named) {
        if let Some(named) = named.ok()? {
            *hours = named;
        }
    }
    if hours.iter().all(Option::is_none) {
        section.note("", Mistake::Contradiction(NEVER));
        return None;
    }
    let (not_before, not_after) = (not_before.ok()?, not_after.ok()?);
    if let (Some(from), Some(to)) = (not_before, not_after)
        && from >= to
    {
        section.note("not_after", Mistake::Contradiction(ENDS_BEFORE));
        return None;
    }
    Some(Calendar { hours, off: off?, not_before, not_after })
}

const NEVER: Clause =
    Clause { en: "no day of the week is open", ru: "ни один день недели не открыт" };
const ENDS_BEFORE: Clause =
    Clause { en: "is not later than `not_before`", ru: "не позже, чем `not_before`" };

fn retries(section: &Section<'_>) -> Option<Retries> {
    let budget = section.or("budget", 5, |value| value.integer(1..=50));
    let day_parts = section.list("day_parts", Value::hours);
    let table = section.child("delays_min");
    let delays: Vec<_> =
        RetryClass::ALL.into_iter().map(|class| (class, class_delays(&table, class))).collect();
    table.finish();
    section.finish();
    let day_parts = apart(section, day_parts?)?;
    let mut sound = Vec::new();
    for (class, listed) in delays {
        let listed = listed?;
        if !listed.0.is_empty() {
            sound.push((class, listed));
        }
    }
    Some(Retries { budget: budget?, delays: sound, day_parts })
}

/// Minutes of one class; the usual ones where the file says nothing, none where it says an empty list.
fn class_delays(table: &Section<'_>, class: RetryClass) -> Option<Delays> {
    let listed = table.list(class.code(), |value| value.minutes(1..=43_200))?;
    if !listed.is_empty() || table.has(class.code()) {
        return Some(Delays(listed));
    }
    let usual: &[u64] = match class {
        RetryClass::Answered => &[1440],
        RetryClass::Busy => &[15, 60, 240],
        RetryClass::Fault => &[5, 15, 60],
        RetryClass::Machine => &[240, 1440],
        RetryClass::NoAnswer => &[120, 360, 1440],
        RetryClass::Rejected => &[1440],
    };
    Some(Delays(usual.iter().map(|&minutes| std::time::Duration::from_secs(minutes * 60)).collect()))
}

fn apart(section: &Section<'_>, mut parts: Vec<Hours>) -> Option<Vec<Hours>> {
    parts.sort_by_key(|part| part.opens);
    if parts.windows(2).any(|pair| pair[1].opens < pair[0].closes) {
        section.note("day_parts", Mistake::Contradiction(OVERLAP));
        return None;
    }
    Some(parts)
}

const OVERLAP: Clause =
    Clause { en: "two parts of the day overlap", ru: "две части дня пересекаются" };

fn score(section: &Section<'_>) -> Option<ScoreWeights> {
    let amount = section.or("amount", 1.0, |value| value.decimal(0.0..=3.0));
    let chance = section.or("chance", 1.0, |value| value.decimal(0.0..=3.0));
    let by_type = factors(&section.child("by_type"), DebtorType::ALL.map(|it| (it.code(), it)));
    let by_kind = factors(&section.child("by_kind"), DebtKind::ALL.map(|it| (it.code(), it)));
    section.finish();
    Some(ScoreWeights { amount: amount?, chance: chance?, by_type: by_type?, by_kind: by_kind? })
}

fn factors<T, const N: usize>(section: &Section<'_>, keys: [(&str, T); N]) -> Option<Vec<(T, f64)>> {
    keyed(section, keys, |value| value.decimal(0.01..=100.0))
}

/// A table whose keys are a closed set of codes; those not there are left out.
fn keyed<'a, K, V, const N: usize>(
    section: &Section<'a>,
    keys: [(&str, K); N],
    read: impl Fn(&Value<'a>) -> Result<V, Mistake>,
) -> Option<Vec<(K, V)>> {
    let all = keys.map(|(code, key)| section.may(code, &read).map(|value| Some((key, value?))));
    section.finish();
    let mut found = Vec::new();
    for one in all {
        found.extend(one.ok()?);
    }
    Some(found)
}

fn limits(root: &Section<'_>) -> Option<Limits> {
    let max_concurrent = root.or("max_concurrent", 10, |value| value.integer(1..=10_000));
    let hold_out_percent = root.or("hold_out_percent", 0, |value| value.integer(0..=20));
    let promise_within_days = root.or("promise_within_days", 14, |value| value.integer(1..=90));
    let record = root.or("record", true, Value::flag);
    Some(Limits {
        max_concurrent: max_concurrent?,
        hold_out_percent: hold_out_percent?,
        promise_within_days: promise_within_days?,
        record: record?,
    })
}

/// What follows when a promised day is over.
fn promises(section: &Section<'_>) -> Option<PromisePolicy> {
    let usual = PromisePolicy::default();
    let grace_days = section.or("grace_days", usual.grace_days, |value| value.integer(0..=30));
    let broken = [("call_again", true), ("leave", false)];
    let call_again = section.or("broken", usual.call_again, |value| value.one_of(&broken));
    let least_percent = section.or("least_percent", usual.least_percent, |value| value.integer(0..=100));
    section.finish();
    Some(PromisePolicy { grace_days: grace_days?, call_again: call_again?, least_percent: least_percent? })
}
