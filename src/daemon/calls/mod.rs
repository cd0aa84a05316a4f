//! What the calls' pages ask, answered from the store, the live calls and the ring of messages.

mod file;
mod flow;

pub use flow::flow_handlers;

use std::sync::Arc;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::console::answered;
use super::house::House;
use crate::cli::csv_text::csv_text;
use crate::cli::words;
use crate::domain::{AttemptId, Channel, Currency, DebtKind, DebtorType, Language, Outcome};
use crate::store::{CallFilter, CallLine, CallPage, CampaignRow, CountedAs, StoreError};
use crate::web::{CallHandlers, CallRow, CallsAsked, CallsView};

/// Rows of a file.
const EXPORTED: usize = 10_000;

/// Who answers for calls.
pub fn handlers(house: &Arc<House>) -> CallHandlers {
    CallHandlers {
        page: answered(
            house,
            |house: Arc<House>, asked: CallsAsked| async move { page(&house, asked).await },
        ),
        csv: answered(house, |house: Arc<House>, asked: CallsAsked| async move { csv(&house, asked).await }),
        one: answered(
            house,
            |house: Arc<House>, (attempt, who, language): (AttemptId, String, Language)| async move {
                file::file(&house, attempt, &who, language).await
            },
        ),
    }
}

async fn page(house: &House, asked: CallsAsked) -> Result<CallsView, StoreError> {
    let (zone, clock) = (zone(house), clock(house));
    let campaigns = house.store.campaigns().await?;
    let row = |line: &CallLine| row(line, &clock, asked.language);
    let live = house.store.open_calls().await?.iter().map(row).collect();
    let found = match filter(&asked, &zone, &campaigns) {
        Some(filter) => house.store.calls(filter, asked.before.map(AttemptId)).await?,
        None => CallPage::default(),
    };
    let word = |outcome: Outcome| {
        let code = outcome.code();
        (code.to_owned(), words::outcome(code, asked.language).to_owned())
    };
    let mut trunks = Vec::new();
    house.lines.each(|plan, _, _| trunks.push(plan.name.to_string()));
    Ok(CallsView {
        campaigns: campaigns.into_iter().map(|row| row.name).collect(),
        trunks,
        outcomes: Outcome::ALL.into_iter().map(word).collect(),
        live,
        rows: found.lines.iter().map(row).collect(),
        before: found.before.map(|before| before.0),
    })
}

/// The reports': a day's calls are those that the reports count on it.
fn zone(house: &House) -> TimeZone {
    house.plans.load().config.statistics.basis.zone.clone()
}

/// The house's, by which moments are told.
fn clock(house: &House) -> TimeZone {
    house.plans.load().config.cases.zone.clone()
}

/// What is asked as the store takes it; `None`: it names a campaign or a code that is not there.
fn filter(asked: &CallsAsked, zone: &TimeZone, campaigns: &[CampaignRow]) -> Option<CallFilter> {
    let named = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let mut filter = CallFilter {
        campaign: None,
        trunk: named(&asked.trunk),
        outcome: Outcome::parse(&asked.outcome),
        person: named(&asked.person),
        from: asked.from.and_then(|day| begins(day, zone)),
        recorded: asked.recorded,
        channel: coded(&asked.of.channel, Channel::parse)?,
        debtor_type: coded(&asked.of.debtor_type, DebtorType::parse)?,
        debt_kind: coded(&asked.of.debt_kind, DebtKind::parse)?,
        agent: named(&asked.of.agent),
        currency: coded(&asked.of.currency, Currency::parse)?,
        counted: coded(&asked.of.counted, CountedAs::parse)?,
        to: asked.to.and_then(|day| begins(day.checked_add(1.day()).ok()?, zone)),
    };
    if !asked.campaign.is_empty() {
        filter.campaign = Some(campaigns.iter().find(|row| row.name == asked.campaign)?.id);
    }
    Some(filter)
}

/// A code that leaves nothing out where it is empty; `None`: there is no such one, and no call of it.
fn coded<T>(code: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    if code.is_empty() { Some(None) } else { parse(code).map(Some) }
}

fn begins(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_timestamp(day.to_datetime(Time::midnight())).ok()
}

/// A call in words.
fn row(line: &CallLine, zone: &TimeZone, language: Language) -> CallRow {
    let talked = line.answer_at.zip(line.end_at).map(|(answer, end)| end.duration_since(answer).as_secs());
    CallRow {
        id: line.id.0,
        at: moment(line.reserved_at, zone),
        campaign: line.campaign.clone(),
        person: line.person.clone(),
        phone: line.phone.clone(),
        trunk: line.trunk.clone(),
        node: line.node.clone(),
        channel: words::channel(line.channel.code(), language).to_owned(),
        outcome: line.outcome.map(|outcome| words::outcome(outcome.code(), language).to_owned()),
        disposition: line.disposition.map(|it| words::disposition(it.code(), language).to_owned()),
        talked_s: talked,
        sip_code: line.sip_code,
    }
}

fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%F %H:%M:%S").to_string()
}

const HEADS: [&str; 14] = [
    "attempt",
    "reserved_at",
    "campaign",
    "person",
    "phone",
    "trunk",
    "node",
    "channel",
    "outcome",
    "disposition",
    "answered_at",
    "ended_at",
    "sip_code",
    "identified",
];

async fn csv(house: &House, asked: CallsAsked) -> Result<String, StoreError> {
    let zone = zone(house);
    let campaigns = house.store.campaigns().await?;
    let Some(filter) = filter(&asked, &zone, &campaigns) else {
        return Ok(csv_text::<[String; 14]>(&HEADS, []));
    };
    let (mut lines, mut before) = (Vec::new(), asked.before.map(AttemptId));
    while lines.len() < EXPORTED {
        let page = house.store.calls(filter.clone(), before).await?;
        lines.extend(page.lines);
        before = page.before;
        if before.is_none() {
            break;
        }
    }
    lines.truncate(EXPORTED);
    let optional = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let cells = |line: CallLine| {
        [
            line.id.to_string(),
            line.reserved_at.to_string(),
            line.campaign,
            line.person,
            if asked.numbers { line.phone.as_e164().to_owned() } else { line.phone.to_string() },
            line.trunk,
            line.node,
            line.channel.code().to_owned(),
            line.outcome.map(|outcome| outcome.code().to_owned()).unwrap_or_default(),
            line.disposition.map(|it| it.code().to_owned()).unwrap_or_default(),
            optional(line.answer_at),
            optional(line.end_at),
            line.sip_code.map(|code| code.to_string()).unwrap_or_default(),
            line.identified.to_string(),
        ]
    };
    Ok(csv_text(&HEADS, lines.into_iter().map(cells)))
}
