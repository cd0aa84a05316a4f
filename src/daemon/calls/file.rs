//! One call's page: everything kept about it, gathered; who looks is written down first.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{clock, flow, moment, row};
use crate::cli::{heard, words};
use crate::daemon::house::House;
use crate::domain::attempt::Stamps;
use crate::domain::{AttemptId, Language};
use crate::sip::Rung;
use crate::store::{AttemptRow, CallKeys, CallLine, CallMark, HeardRow, RecordingRow, StoreError};
use crate::web::{CallFile, DecisionView, HeardView, RungView, stage_word};

/// Bytes a second of a recording (A-law, two sides), and its header.
const BYTES_A_SECOND: f64 = 16_000.0;
const HEADER: i64 = 58;

/// The call; `None`: there is no such call.
///
/// # Errors
/// When the store fails: then nothing is shown.
pub async fn file(
    house: &House,
    attempt: AttemptId,
    who: &str,
    language: Language,
) -> Result<Option<CallFile>, StoreError> {
    let Some(keys) = house.store.call_keys(attempt).await? else { return Ok(None) };
    house.store.note_access(keys.person, who, &format!("call {attempt}: opened"), house.clock.wall()).await?;
    let Some(call) = house.store.attempt(attempt).await? else { return Ok(None) };
    let zone = clock(house);
    let recording = house.store.recording(attempt).await?.filter(|row| row.deleted_at.is_none());
    let marks = marks(house, attempt, &call, recording.as_ref(), language).await?;
    let rungs = house.stack.ladder(attempt);
    Ok(Some(CallFile {
        row: row(&line(&call), &zone, language),
        steps: steps(&call, &zone),
        heard: house.store.heard(attempt).await?.iter().map(|row| heard_view(row, language)).collect(),
        agents: house.store.call_agents(attempt).await?,
        last_word: last_word(&call, language),
        decision: decision(house, keys, &zone, language).await?,
        marks,
        recorded: recording.is_some(),
        rungs: rung_views(&rungs),
        flow_name: flow::name_of(house, &call.flow_version),
        keys: call.keys,
        flow: call.flow_version,
        config: call.config_version,
        identified: call.identified,
        heard_percent: call.heard_percent,
    }))
}

fn line(call: &AttemptRow) -> CallLine {
    CallLine {
        id: call.id,
        campaign: call.campaign.clone(),
        person: call.person.clone(),
        phone: call.phone.clone(),
        trunk: call.trunk.clone(),
        node: call.node.clone(),
        channel: call.channel,
        reserved_at: call.reserved_at,
        answer_at: call.stamps.answer,
        end_at: call.stamps.end,
        outcome: call.outcome,
        disposition: call.disposition,
        sip_code: call.last_word.sip_code,
        identified: call.identified,
    }
}

fn steps(call: &AttemptRow, zone: &TimeZone) -> Vec<(&'static str, String, i64)> {
    let Stamps { invite, trying, ringing, early_media, answer, first_audio, first_key, end } = call.stamps;
    let all = [
        ("reserved", Some(call.reserved_at)),
        ("invite", invite),
        ("trying", trying),
        ("ringing", ringing),
        ("early_media", early_media),
        ("answer", answer),
        ("first_audio", first_audio),
        ("first_key", first_key),
        ("end", end),
    ];
    let begun = call.reserved_at;
    let mut steps: Vec<(&'static str, Timestamp)> =
        all.into_iter().filter_map(|(code, at)| Some((code, at?))).collect();
    steps.sort_by_key(|(_, at)| *at);
    let told = |(code, at): (&'static str, Timestamp)| (code, moment(at, zone), since(at, begun));
    steps.into_iter().map(told).collect()
}

/// Milliseconds.
fn since(at: Timestamp, begun: Timestamp) -> i64 {
    i64::try_from(at.duration_since(begun).as_millis()).unwrap_or(i64::MAX)
}

fn heard_view(row: &HeardRow, language: Language) -> HeardView {
    HeardView {
        at_s: heard::seconds(row.at_ms.into(), language),
        early: row.early,
        what: heard::what(row, language).to_owned(),
        sure: row.permille.map(heard::percent),
        features: heard::features(row, language),
    }
}

fn last_word(call: &AttemptRow, language: Language) -> String {
    let word = &call.last_word;
    let parts = [
        word.sip_code.map(|code| code.to_string()),
        word.reason.clone(),
        word.q850.map(|cause| format!("Q.850 {cause}")),
        call.hung_up_by.as_deref().map(|who| words::hung_up_by(who, language).to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Where in the recording a step of the flow began, a key was pressed first, the agent marked something. A recording ends with its call; where it begins follows from its
/// length.
async fn marks(
    house: &House,
    attempt: AttemptId,
    call: &AttemptRow,
    recording: Option<&RecordingRow>,
    language: Language,
) -> Result<Vec<(f64, String)>, StoreError> {
    let (Some(recording), Some(end)) = (recording, call.stamps.end) else { return Ok(Vec::new()) };
    let long_s = (recording.bytes - HEADER).max(0) as f64 / BYTES_A_SECOND;
    let place = |at: Timestamp| (long_s - since(end, at) as f64 / 1_000.0).clamp(0.0, long_s);
    let mut marks: Vec<(f64, String)> = Vec::new();
    if let Some(key) = call.stamps.first_key {
        marks.push((place(key), words::mark("first_key", language).to_owned()));
    }
    for (at, step) in house.store.flow_trail(attempt).await? {
        marks.push((place(at), format!("{}: {step}", words::mark("step", language))));
    }
    for (at, kind, code) in house.store.call_marks(attempt).await? {
        let what = words::mark(kind.code(), language);
        let named = match kind {
            CallMark::Stage => Some(stage_word(&code, language).to_owned()),
            CallMark::Objection => Some(objection(house, &code, language)),
            // Codes of ours: that it was is what counts here.
            CallMark::Identity | CallMark::Trigger => None,
        };
        marks.push((place(at), named.map_or_else(|| what.to_owned(), |named| format!("{what}: {named}"))));
    }
    marks.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    Ok(marks)
}

/// What the debtor said, as the script names it; one that is in the script no more stands by its code.
fn objection(house: &House, code: &str, language: Language) -> String {
    let plans = house.plans.load();
    let known = plans.config.desk.script.objections.iter().find(|one| *one.code == *code);
    known.map_or(code, |one| one.words.of(language)).to_owned()
}

async fn decision(
    house: &House,
    keys: CallKeys,
    zone: &TimeZone,
    language: Language,
) -> Result<Option<DecisionView>, StoreError> {
    let Some(id) = keys.decision else { return Ok(None) };
    let before = crate::domain::DecisionId(id.0 - 1);
    let traced = house.store.trace_person(keys.person, before).await?;
    let said = traced.into_iter().next().filter(|traced| traced.id == id).and_then(|traced| traced.said);
    let Some(said) = said else { return Ok(None) };
    let Some(rules) = house.store.rules_of(&said.rules).await? else { return Ok(None) };
    let told = said.explain(&rules, language);
    let lines = told.lines.into_iter().map(|line| (line.pass, line.rule, line.text)).collect();
    Ok(Some(DecisionView { id: id.0, at: moment(said.decision.at, zone), summary: told.summary, lines }))
}

fn rung_views(rungs: &[Rung]) -> Vec<RungView> {
    let Some(first) = rungs.first() else { return Vec::new() };
    let view = |rung: &Rung| RungView {
        after_ms: since(rung.at, first.at),
        sent: rung.sent,
        peer: rung.peer.to_string(),
        head: rung.head().to_owned(),
        text: rung.text.clone(),
    };
    rungs.iter().map(view).collect()
}
