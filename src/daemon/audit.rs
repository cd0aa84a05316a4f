//! What the audit's page asks: looks into people's files, files taken, clicks on users and campaigns, tries to
//! sign in, answered from the store.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::console::answered;
use super::house::House;
use crate::cli::csv_text::csv_text;
use crate::store::{
    AccessFilter, AccessLine, ActFilter, CampaignAct, ExportAct, SignInRow, StoreError, SupervisionRow,
    UserAct,
};
use crate::web::{
    Acts, AuditAsked, AuditHandlers, AuditLine, CampaignActLine, ExportLine, NewExport, SignInLine,
    SupervisionLine, UserActLine,
};

/// Lines of a page, and of a file.
const SHOWN: u32 = 100;
const EXPORTED: u32 = 10_000;

/// Who answers for the audit.
pub fn handlers(house: &Arc<House>) -> AuditHandlers {
    AuditHandlers {
        list: answered(house, |house: Arc<House>, asked: AuditAsked| async move {
            let lines = house.store.access_log(filter(asked), SHOWN + 1).await?;
            Ok(page(&house, lines.into_iter().map(|line| (line.id, line)), shown))
        }),
        csv: answered(house, |house: Arc<House>, asked: AuditAsked| async move {
            let lines = house.store.access_log(filter(asked), EXPORTED).await?;
            let cells = lines.into_iter().map(|line| [line.at.to_string(), line.who, line.person, line.what]);
            Ok(csv_text(&["at", "who", "person", "what"], cells))
        }),
        campaigns: answered(house, |house: Arc<House>, asked: AuditAsked| async move {
            let before = asked.campaigns_before;
            Ok(page(&house, house.store.campaign_acts(of(asked.who, before), SHOWN + 1).await?, campaign_act))
        }),
        users: answered(house, |house: Arc<House>, asked: AuditAsked| async move {
            let before = asked.users_before;
            Ok(page(&house, house.store.user_acts(of(asked.who, before), SHOWN + 1).await?, user_act))
        }),
        exports: answered(house, |house: Arc<House>, asked: AuditAsked| async move {
            let before = asked.exports_before;
            Ok(page(&house, house.store.export_acts(of(asked.who, before), SHOWN + 1).await?, export_act))
        }),
        supervisions: answered(house, |house: Arc<House>, asked: AuditAsked| async move {
            let before = asked.supervisions_before;
            Ok(page(&house, house.store.supervisions(of(asked.who, before), SHOWN + 1).await?, supervision))
        }),
        sign_ins: answered(house, |house: Arc<House>, asked: AuditAsked| async move {
            let before = asked.sign_ins_before;
            Ok(page(&house, house.store.sign_ins(of(asked.who, before), SHOWN + 1).await?, sign_in))
        }),
        note_export: answered(house, |house: Arc<House>, export: NewExport| async move {
            let NewExport { who, what, filter, rows } = export;
            let (at, rows) = (house.clock.wall(), i64::try_from(rows).ok());
            house.store.note_export(ExportAct { at, who, what, filter, rows }).await.map(|_| ())
        }),
    }
}

/// A page of acts that were asked for with one more than it holds.
fn page<T, L>(
    house: &House,
    acts: impl IntoIterator<Item = (i64, T)>,
    line: impl Fn(T, &TimeZone) -> L,
) -> Acts<L> {
    let zone = house.plans.load().config.cases.zone.clone();
    let mut acts: Vec<(i64, T)> = acts.into_iter().collect();
    let is_more = acts.len() > SHOWN as usize;
    acts.truncate(SHOWN as usize);
    let older = acts.last().map(|(id, _)| *id).filter(|_| is_more);
    Acts { lines: acts.into_iter().map(|(_, act)| line(act, &zone)).collect(), older }
}

/// The acts as files: moments in UTC, codes; whose they are, empty: everybody's.
pub async fn campaign_acts(house: &House, who: String) -> Result<String, StoreError> {
    let line = |it: CampaignAct| [it.at.to_string(), it.who, it.campaign, it.state.code().to_owned()];
    let acts = house.store.campaign_acts(of(who, None), EXPORTED).await?;
    Ok(csv_text(&["at", "who", "campaign", "state"], acts.into_iter().map(|(_, act)| line(act))))
}

pub async fn user_acts(house: &House, who: String) -> Result<String, StoreError> {
    let line = |it: UserAct| {
        let role = it.role.map(|role| role.code().to_owned()).unwrap_or_default();
        [it.at.to_string(), it.who, it.login, it.deed, role]
    };
    let acts = house.store.user_acts(of(who, None), EXPORTED).await?;
    Ok(csv_text(&["at", "who", "login", "deed", "role"], acts.into_iter().map(|(_, act)| line(act))))
}

pub async fn export_acts(house: &House, who: String) -> Result<String, StoreError> {
    let line = |it: ExportAct| {
        let rows = it.rows.map(|rows| rows.to_string()).unwrap_or_default();
        [it.at.to_string(), it.who, it.what, it.filter, rows]
    };
    let acts = house.store.export_acts(of(who, None), EXPORTED).await?;
    Ok(csv_text(&["at", "who", "file", "filter", "rows"], acts.into_iter().map(|(_, act)| line(act))))
}

pub async fn supervisions(house: &House, who: String) -> Result<String, StoreError> {
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
    let acts = house.store.supervisions(of(who, None), EXPORTED).await?;
    let lines = acts.into_iter().map(|(_, act)| line(act));
    Ok(csv_text(&["at", "supervisor", "agent", "attempt", "what", "refused"], lines))
}

pub async fn sign_ins(house: &House, who: String) -> Result<String, StoreError> {
    let line = |it: SignInRow| {
        [it.at.to_string(), it.login.unwrap_or_default(), it.address, it.came_to.code().to_owned()]
    };
    let tries = house.store.sign_ins(of(who, None), EXPORTED).await?;
    Ok(csv_text(&["at", "login", "address", "came_to"], tries.into_iter().map(|(_, row)| line(row))))
}

fn filter(asked: AuditAsked) -> AccessFilter {
    AccessFilter { who: named(asked.who), person: named(asked.person), before: asked.before }
}

fn of(who: String, before: Option<i64>) -> ActFilter {
    ActFilter { who: named(who), before }
}

fn named(text: String) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn shown(line: AccessLine, zone: &TimeZone) -> AuditLine {
    AuditLine { at: local(line.at, zone), who: line.who, what: line.what, person: line.person }
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

fn sign_in(row: SignInRow, zone: &TimeZone) -> SignInLine {
    let SignInRow { at, login, address, came_to } = row;
    SignInLine { at: local(at, zone), login, address, came_to }
}

fn supervision(row: SupervisionRow, zone: &TimeZone) -> SupervisionLine {
    let SupervisionRow { at, supervisor, agent, attempt, what, refused } = row;
    let call = Some(attempt.0).filter(|call| *call > 0);
    SupervisionLine { at: local(at, zone), who: supervisor, agent, call, what, refused: refused.is_some() }
}

fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%F %H:%M:%S").to_string()
}
