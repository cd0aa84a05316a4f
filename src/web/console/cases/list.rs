//! The queue: what is overdue stands first, and says so.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::Dated;
use super::texts::Texts;
use crate::cases::{CaseFilter, CaseLine, Kind, Standing, State as Stands};
use crate::domain::{Language, Right};
use crate::web::console::Shared;
use crate::web::console::audit::given;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{by_clock, csv, number, page};
use crate::web::console::views;
use crate::web::console::xlsx::as_xlsx;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/cases", get(list))
        .route("/cases.csv", get(export))
        .route("/cases.xlsx", get(export).layer(map_response(as_xlsx)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(default)]
    closed: Option<String>,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    mine: Option<String>,
}

impl Asked {
    /// `Err`: there is no such kind.
    fn filter(&self, viewer: &Viewer) -> Result<CaseFilter, Response> {
        let kind = Some(self.kind.as_str()).filter(|code| !code.is_empty());
        let no_kind = || StatusCode::UNPROCESSABLE_ENTITY.into_response();
        Ok(CaseFilter {
            closed: self.closed.is_some(),
            kind: kind.map(|code| Kind::parse(code).ok_or_else(no_kind)).transpose()?,
            owner: self.mine.is_some().then(|| viewer.login.clone()),
        })
    }
}

async fn list(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    viewer.may(Right::SeeCases)?;
    let (texts, language) = (Texts::of(viewer.language), viewer.language);
    let filter = asked.filter(&viewer)?;
    let cases = shared.console.cases.list.ask(filter.clone()).await?;
    let overdue = cases.it.iter().filter(|line| standing(&cases, line) == Some(Standing::Overdue)).count();
    let query = query(&filter);
    let views = views::bar(&viewer, &shared, ("/cases", &query)).await?;
    let body = html! {
        h1 { (texts.cases) }
        (by_clock(&viewer))
        (banner(overdue as u64, language))
        (views)
        form.bar method="get" action="/cases" {
            select name="kind" aria-label=(texts.kind) {
                option value="" { (texts.every_kind) }
                @for kind in Kind::ALL {
                    option value=(kind.code()) selected[filter.kind == Some(kind)] { (kind.name(language)) }
                }
            }
            label { input type="checkbox" name="closed" checked[filter.closed]; " " (texts.closed_too) }
            label { input type="checkbox" name="mine" checked[filter.owner.is_some()]; " " (texts.mine) }
            button { (texts.show) }
            button formaction="/cases.csv" { "CSV" }
            button formaction="/cases.xlsx" { "XLSX" }
            a href="/cases/angry" { (texts.angry) }
            a href="/cases/triggers" { (texts.triggers) }
            @if viewer.role.may(Right::WorkCases) { a href="/cases/new" { (texts.register) } }
        }
        div.card { (table(&cases, &cases.it, texts, language)) }
    };
    Ok(page(&viewer, "/cases", texts.cases, &body).into_response())
}

/// What is asked as an address has it.
fn query(filter: &CaseFilter) -> String {
    let parts = [
        filter.kind.map(|kind| format!("kind={}", kind.code())),
        filter.closed.then(|| "closed=on".to_owned()),
        filter.owner.is_some().then(|| "mine=on".to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("&")
}

async fn export(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(asked): Query<Asked>,
    uri: Uri,
) -> Result<Response, Response> {
    viewer.may(Right::SeeCases)?;
    let text = shared.console.cases.list_csv.ask(asked.filter(&viewer)?).await?;
    given(&viewer, &shared, &uri, &text).await?;
    Ok(csv("cases", text))
}

/// The alarm, where something is overdue.
pub(in crate::web::console) fn banner(overdue: u64, language: Language) -> Markup {
    let texts = Texts::of(language);
    html! {
        @if overdue > 0 { p.alarm role="alert" { (texts.overdue_are) ": " (number(overdue)) } }
    }
}

/// `None` of what is closed.
fn standing<T>(dated: &Dated<T>, line: &CaseLine) -> Option<Standing> {
    (line.state != Stands::Closed).then(|| Standing::of(line.presses_at(), dated.now))
}

/// Cases with their deadlines.
pub(super) fn table<T>(dated: &Dated<T>, cases: &[CaseLine], texts: &Texts, language: Language) -> Markup {
    html! {
        @if cases.is_empty() { p { (texts.no_case) } } @else {
            table {
                thead {
                    tr {
                        th { (texts.number) } th { (texts.kind) } th { (texts.source) } th { (texts.person) }
                        th { (texts.received) } th { (texts.due) } th { (texts.creditor) } th { (texts.state) } th { (texts.owner) }
                    }
                }
                tbody {
                    @for line in cases {
                        tr {
                            td.at { a href=(format!("/cases/{}", line.number)) { (line.number) } }
                            td { (line.subject(language)) }
                            td { (line.source.name(language)) }
                            td { (line.person.as_deref().unwrap_or("—")) }
                            td.at { (dated.moment(line.received)) }
                            td.at { (due(dated, line, language)) }
                            td { (creditor(dated, line, texts)) }
                            td { (line.state.name(language)) }
                            td { (line.owner.as_deref().unwrap_or("—")) }
                        }
                    }
                }
            }
        }
    }
}

/// Whether the creditor was asked, and what he said; loud where he is silent beyond his time.
pub(super) fn creditor<T>(dated: &Dated<T>, line: &CaseLine, texts: &Texts) -> Markup {
    html! {
        @if let Some(owed) = line.creditor_says_owed {
            (if owed { texts.creditor_owed } else { texts.creditor_not_owed })
        } @else if line.asked_due.is_some() && !line.asked_told {
            // He is not silent: nobody has asked him yet.
            span class=(if line.is_creditor_late(dated.now) { "bad" } else { "warn" }) { (texts.creditor_untold) }
        } @else if line.is_creditor_late(dated.now) {
            span.bad { (texts.creditor_late) }
        } @else if let Some(due) = line.asked_due {
            (texts.creditor_asked) " " (dated.last_day(due))
        }
    }
}

/// A case's last day, loud where it is over.
pub(super) fn due<T>(dated: &Dated<T>, line: &CaseLine, language: Language) -> Markup {
    let class = match standing(dated, line) {
        Some(Standing::Overdue) => "bad",
        Some(Standing::Soon) => "warn",
        Some(Standing::InTime) | None => "",
    };
    html! {
        span class=(class) {
            (dated.last_day(line.due))
            @if let Some(standing) = standing(dated, line).filter(|it| *it != Standing::InTime) {
                " " (standing.name(language))
            }
        }
    }
}
