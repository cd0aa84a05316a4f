//! Calls page by page, with filters that stand in the address: a link shows another the same.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use super::texts::Texts;
use super::{CallRow, CallsAsked, CallsOf, CallsView};
use crate::domain::Right;
use crate::web::console::Shared;
use crate::web::console::audit::given;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{by_clocks, csv, in_address, number, page};
use crate::web::console::views;
use crate::web::console::xlsx::as_xlsx;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/calls", get(list))
        .route("/calls/live", get(live))
        .route("/calls.csv", get(export))
        .route("/calls.xlsx", get(export).layer(map_response(as_xlsx)))
}

#[derive(Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    campaign: String,
    #[serde(default)]
    trunk: String,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    recorded: Option<String>,
    // Not flattened: numbers would be texts then.
    #[serde(default)]
    agent: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    debtor_type: String,
    #[serde(default)]
    debt_kind: String,
    #[serde(default)]
    currency: String,
    #[serde(default)]
    counted: String,
    #[serde(default)]
    before: Option<i64>,
}

impl Asked {
    /// What is asked; a day that is none is refused with words.
    pub(super) fn wanted(self, viewer: &Viewer) -> Result<CallsAsked, Response> {
        let no_day = || (StatusCode::UNPROCESSABLE_ENTITY, Texts::of(viewer.language).no_day).into_response();
        let day = |text: String| match text.trim() {
            "" => Ok(None),
            text => text.parse::<Date>().map(Some).map_err(|_| no_day()),
        };
        let Self { campaign, trunk, outcome, person, from, to, recorded, before, .. } = self;
        let of = CallsOf {
            agent: self.agent,
            channel: self.channel,
            debtor_type: self.debtor_type,
            debt_kind: self.debt_kind,
            currency: self.currency,
            counted: self.counted,
        };
        let recorded = recorded.is_some();
        let person = person.trim().to_owned();
        let (from, to, language) = (day(from)?, day(to)?, viewer.language);
        let numbers = viewer.role.may(Right::SeeNumbers);
        Ok(CallsAsked { campaign, trunk, outcome, person, from, to, recorded, of, before, language, numbers })
    }
}

async fn list(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    viewer.may(Right::SeeCalls)?;
    let texts = Texts::of(viewer.language);
    let asked = asked.wanted(&viewer)?;
    let view = shared.console.calls.page.ask(asked.clone()).await?;
    let query = query(&asked);
    let views = views::bar(&viewer, &shared, ("/calls", &query)).await?;
    let body = html! {
        h1 { (texts.calls) }
        (by_clocks(&viewer))
        section data-live="/calls/live" { (live_part(&view.live, &viewer, texts)) }
        div.card {
            h2 { (texts.past) }
            (views)
            (filters("/calls", &asked, &view, texts))
            @if view.rows.is_empty() { p { (texts.none) } } @else { (table(&view.rows, &viewer, texts)) }
            p.pages {
                @if asked.before.is_some() { a href=(address("/calls", &asked, None)) { (texts.newest) } " " }
                @if let Some(before) = view.before { a href=(address("/calls", &asked, Some(before))) { (texts.older) } }
            }
        }
    };
    Ok(page(&viewer, "/calls", texts.calls, &body).into_response())
}

async fn live(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    viewer.may(Right::SeeCalls)?;
    // Nothing is before the first call: only those that are up are wanted.
    let nothing = Asked { before: Some(0), ..Asked::default() };
    let view = shared.console.calls.page.ask(nothing.wanted(&viewer)?).await?;
    Ok(live_part(&view.live, &viewer, Texts::of(viewer.language)).into_response())
}

async fn export(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(asked): Query<Asked>,
    uri: Uri,
) -> Result<Response, Response> {
    viewer.may(Right::SeeCalls)?;
    let text = shared.console.calls.csv.ask(asked.wanted(&viewer)?).await?;
    given(&viewer, &shared, &uri, &text).await?;
    Ok(csv("calls", text))
}

fn live_part(rows: &[CallRow], viewer: &Viewer, texts: &Texts) -> Markup {
    html! {
        div.card {
            h2 { (texts.live) " · " (number(rows.len() as u64)) }
            @if rows.is_empty() { p { (texts.none_live) } } @else { (table(rows, viewer, texts)) }
        }
    }
}

pub(super) fn filters(path: &str, asked: &CallsAsked, view: &CallsView, texts: &Texts) -> Markup {
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let same = |names: &[String]| names.iter().map(|name| (name.clone(), name.clone())).collect::<Vec<_>>();
    html! {
        form.bar method="get" action=(path) {
            (choice(("campaign", &asked.campaign), texts.every_campaign, &same(&view.campaigns)))
            (choice(("trunk", &asked.trunk), texts.every_trunk, &same(&view.trunks)))
            (choice(("outcome", &asked.outcome), texts.every_outcome, &view.outcomes))
            input name="person" value=(asked.person) placeholder=(texts.id_or_number) aria-label=(texts.id_or_number)
                maxlength="128";
            label { (texts.from) " " input type="date" name="from" value=(day(asked.from)); }
            label { (texts.to) " " input type="date" name="to" value=(day(asked.to)); }
            @for (name, value) in asked.of.pairs().into_iter().filter(|(_, value)| !value.is_empty()) {
                label { (texts.asked(name)) " " input name=(name) value=(value) maxlength="64" size="12"; }
            }
            @if path == "/calls" {
                label { input type="checkbox" name="recorded" checked[asked.recorded]; " " (texts.recorded_only) }
            } @else { input type="hidden" name="recorded" value="on"; }
            button { (texts.show) }
            button formaction="/calls.csv" { "CSV" }
            button formaction="/calls.xlsx" { "XLSX" }
        }
    }
}

/// A choice of codes, each with its word; nothing chosen is all.
fn choice((name, chosen): (&str, &str), all: &str, known: &[(String, String)]) -> Markup {
    html! {
        select name=(name) aria-label=(all) {
            option value="" { (all) }
            @for (code, word) in known { option value=(code) selected[code.as_str() == chosen] { (word) } }
        }
    }
}

/// The same filters from another call on.
pub(super) fn address(path: &str, asked: &CallsAsked, before: Option<i64>) -> String {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    format!("{path}?{}{before}", query(asked))
}

pub(super) fn query(asked: &CallsAsked) -> String {
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let mut parts = vec![
        ("campaign", asked.campaign.clone()),
        ("trunk", asked.trunk.clone()),
        ("outcome", asked.outcome.clone()),
        ("person", asked.person.clone()),
        ("from", day(asked.from)),
        ("to", day(asked.to)),
        ("recorded", if asked.recorded { "on" } else { "" }.to_owned()),
    ];
    parts.extend(asked.of.pairs().map(|(name, value)| (name, value.clone())));
    parts.retain(|(_, value)| !value.is_empty());
    let told = parts.iter().map(|(name, value)| format!("{name}={}", in_address(value)));
    told.collect::<Vec<_>>().join("&")
}

fn table(rows: &[CallRow], viewer: &Viewer, texts: &Texts) -> Markup {
    html! {
        table {
            thead {
                tr {
                    th.n { "№" } th { (texts.at) } th { (texts.campaign) } th { (texts.person) } th { (texts.phone) }
                    th { (texts.trunk) } th { (texts.channel) } th { (texts.outcome) } th { (texts.disposition) }
                    th.n { (texts.talked) } th.n { "SIP" }
                }
            }
            tbody {
                @for row in rows {
                    tr {
                        td.n { a href=(format!("/calls/{}", row.id)) { (row.id) } }
                        td.at { (row.at) } td { (row.campaign) } td { (row.person) } td { (phone(row, viewer)) }
                        td { (row.trunk) } td { (row.channel) }
                        td { (row.outcome.as_deref().unwrap_or(texts.goes_on)) }
                        td { (row.disposition.as_deref().unwrap_or("—")) }
                        td.n { @if let Some(talked) = row.talked_s { (talked) } }
                        td.n { @if let Some(code) = row.sip_code { (code) } }
                    }
                }
            }
        }
    }
}

/// The number, whole for those who may see it.
pub(super) fn phone(row: &CallRow, viewer: &Viewer) -> String {
    if viewer.role.may(Right::SeeNumbers) { row.phone.as_e164().to_owned() } else { row.phone.to_string() }
}
