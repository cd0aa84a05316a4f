//! What the audit's page asks: looks into people's files, files taken, clicks on users and campaigns, answered from the store.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::console::answered;
use super::house::House;
use crate::cli::csv_text::csv_text;
use crate::store::{AccessFilter, AccessLine, CampaignAct, ExportAct, StoreError, SupervisionRow, UserAct};
use crate::web::{
    AuditAsked, AuditHandlers, AuditLine, CampaignActLine, ExportLine, ExportsShown, NewExport,
    SupervisionLine, UserActLine,
};

/// Lines of a page, and of a file.
const SHOWN: u32 = 100;
const EXPORTED: u32 = 10_000;
/// How far back supervisors are looked for.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Who answers for the audit.
pub fn handlers(house: &Arc<House>) -> AuditHandlers {
    AuditHandlers {
        list: answered(house, |house: Arc<House>, asked: AuditAsked| async move {
            let zone = house.plans.load().config.cases.zone.clone();
            let lines = house.store.access_log(filter(asked), SHOWN).await?;
            Ok(lines.into_iter().map(|line| shown(line, &zone)).collect())
        }),
        csv: answered(house, |house: Arc<House>, asked: AuditAsked| async move {
            let lines = house.store.access_log(filter(asked), EXPORTED).await?;
            let cells = lines.into_iter().map(|line| [line.at.to_string(), line.who, line.person, line.what]);
            Ok(csv_text(&["at", "who", "person", "what"], cells))
        }),
        campaigns: answered(house, |house: Arc<House>, ()| async move {
            let zone = house.plans.load().config.cases.zone.clone();
            let acts = house.store.campaign_acts(SHOWN).await?;
            Ok(acts.into_iter().map(|act| campaign_act(act, &zone)).collect())
        }),
        users: answered(house, |house: Arc<House>, ()| async move {
            let zone = house.plans.load().config.cases.zone.clone();
            let acts = house.store.user_acts(SHOWN).await?;
            Ok(acts.into_iter().map(|act| user_act(act, &zone)).collect())
        }),
        exports: answered(house, |house: Arc<House>, asked: AuditAsked| async move {
            let zone = house.plans.load().config.cases.zone.clone();
            let asked = (named(asked.who), asked.exports_before);
            let mut acts = house.store.export_acts(asked, SHOWN + 1).await?;
            let is_more = acts.len() > SHOWN as usize;
            acts.truncate(SHOWN as usize);
            let older = acts.last().map(|(id, _)| *id).filter(|_| is_more);
            let lines = acts.into_iter().map(|(_, act)| export_act(act, &zone)).collect();
            Ok(ExportsShown { lines, older })
        }),
        supervisions: answered(house, |house: Arc<House>, ()| async move {
            let zone = house.plans.load().config.cases.zone.clone();
            let from = house.clock.wall().checked_sub(LOOKED_BACK).unwrap_or(Timestamp::MIN);
            let rows = house.store.supervisions(from).await?;
            Ok(rows.into_iter().rev().take(SHOWN as usize).map(|row| supervision(row, &zone)).collect())
        }),
        note_export: answered(house, |house: Arc<House>, export: NewExport| async move {
            let NewExport { who, what, filter, rows } = export;
            let (at, rows) = (house.clock.wall(), i64::try_from(rows).ok());
            house.store.note_export(ExportAct { at, who, what, filter, rows }).await.map(|_| ())
        }),
    }
}

/// The acts as files: moments in UTC, codes.
pub async fn campaign_acts(house: &House) -> Result<String, StoreError> {
    let line = |it: CampaignAct| [it.at.to_string(), it.who, it.campaign, it.state.code().to_owned()];
    let acts = house.store.campaign_acts(EXPORTED).await?;
    Ok(csv_text(&["at", "who", "campaign", "state"], acts.into_iter().map(line)))
}

pub async fn user_acts(house: &House) -> Result<String, StoreError> {
    let line = |it: UserAct| {
        let role = it.role.map(|role| role.code().to_owned()).unwrap_or_default();
        [it.at.to_string(), it.who, it.login, it.deed, role]
    };
    let acts = house.store.user_acts(EXPORTED).await?;
    Ok(csv_text(&["at", "who", "login", "deed", "role"], acts.into_iter().map(line)))
}

pub async fn export_acts(house: &House) -> Result<String, StoreError> {
    let line = |it: ExportAct| {
        let rows = it.rows.map(|rows| rows.to_string()).unwrap_or_default();
        [it.at.to_string(), it.who, it.what, it.filter, rows]
    };
    let acts = house.store.export_acts((None, None), EXPORTED).await?;
    Ok(csv_text(&["at", "who", "file", "filter", "rows"], acts.into_iter().map(|(_, act)| line(act))))
}

/// Those of the last thirty days, as on the page.
pub async fn supervisions(house: &House) -> Result<String, StoreError> {
    let line = |it: SupervisionRow| {
        let call =
            Some(it.attempt.0).filter(|call| *call > 0).map(|call| call.to_string()).unwrap_or_default();
        [
            it.at.to_string(),
            it.supervisor,
            it.agent,
            call,
            it.what.code().to_owned(),
            it.refused.unwrap_or_default(),
        ]
    };
    let from = house.clock.wall().checked_sub(LOOKED_BACK).unwrap_or(Timestamp::MIN);
    let rows = house.store.supervisions(from).await?;
    Ok(csv_text(&["at", "supervisor", "agent", "attempt", "what", "refused"], rows.into_iter().map(line)))
}

fn filter(asked: AuditAsked) -> AccessFilter {
    AccessFilter { who: named(asked.who), person: named(asked.person), before: asked.before }
}

fn named(text: String) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn shown(line: AccessLine, zone: &TimeZone) -> AuditLine {
    AuditLine { id: line.id, at: local(line.at, zone), who: line.who, what: line.what, person: line.person }
}

fn campaign_act(act: CampaignAct, zone: &TimeZone) -> CampaignActLine {
    let CampaignAct { at, who, campaign, state } = act;
    CampaignActLine { at: local(at, zone), who, campaign, state: state.code() }
}

fn user_act(act: UserAct, zone: &TimeZone) -> UserActLine {
    let UserAct { at, who, login, deed, role } = act;
    UserActLine { at: local(at, zone), who, login, deed, role }
}

fn export_act(act: ExportAct, zone: &TimeZone) -> ExportLine {
    let ExportAct { at, who, what, filter, rows } = act;
    let rows = rows.and_then(|rows| rows.try_into().ok());
    ExportLine { at: local(at, zone), who, what, filter, rows }
}

fn supervision(row: SupervisionRow, zone: &TimeZone) -> SupervisionLine {
    let SupervisionRow { at, supervisor, agent, attempt, what, refused } = row;
    let call = Some(attempt.0).filter(|call| *call > 0);
    SupervisionLine { at: local(at, zone), who: supervisor, agent, call, what, refused: refused.is_some() }
}

fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%F %H:%M:%S").to_string()
}
