//! What sets people off, with what is divided by what.

use axum::Router;
use axum::extract::{Query, State};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::texts::Texts;
use crate::cases::{By, TriggerLine};
use crate::domain::{Language, Right};
use crate::web::console::Shared;
use crate::web::console::desk::words;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{csv, days_back, in_address, number, page};
use crate::web::console::views;
use crate::web::console::xlsx::as_xlsx;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/cases/triggers", get(show))
        .route("/cases/triggers.csv", get(export))
        .route("/cases/triggers.xlsx", get(export).layer(map_response(as_xlsx)))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    by: String,
    days: Option<u16>,
}

/// Days shown where nothing is asked.
const USUAL: u16 = 30;

async fn show(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    viewer.may(Right::SeeCases)?;
    let (texts, language) = (Texts::of(viewer.language), viewer.language);
    let days = asked.days.unwrap_or(USUAL);
    let kept = asked.days.map(|days| format!("days={days}")).unwrap_or_default();
    let mut parts = Vec::new();
    for by in By::ALL {
        let lines = shared.console.cases.triggers.ask((by, days)).await?;
        parts.push((by, lines));
    }
    let body = html! {
        h1 { (texts.triggers) ": " (days) " " (texts.days) }
        (views::bar(&viewer, &shared, ("/cases/triggers", &kept)).await?)
        (days_back("/cases/triggers", days, (texts.days_back, texts.show)))
        p { (texts.triggers_how) }
        @for (by, lines) in &parts {
            div.card {
                h2 { (by.name(language)) }
                (table(lines, (*by, viewer.role.may(Right::SeeCalls)), viewer.language))
                a href=(format!("/cases/triggers.csv?by={}&days={days}", by.code())) { "CSV" } " "
                a href=(format!("/cases/triggers.xlsx?by={}&days={days}", by.code())) { "XLSX" }
            }
        }
    };
    Ok(page(&viewer, "/cases", texts.triggers, &body).into_response())
}

async fn export(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    viewer.may(Right::SeeCases)?;
    let by = By::parse(&asked.by).unwrap_or(By::Agent);
    let asked = shared.console.cases.triggers_csv.ask((by, asked.days.unwrap_or(USUAL))).await;
    Ok(csv("triggers", asked?))
}

/// Where the calls of a line are listed; nothing where the calls' page has no such filter.
fn calls_of(by: By, key: &str) -> Option<String> {
    let name = match by {
        By::Agent => "agent",
        By::Campaign => "campaign",
        By::Flow | By::Stage => return None,
    };
    Some(format!("/calls?{name}={}", in_address(key)))
}

fn key(line: &TriggerLine, (by, sees_calls): (By, bool), language: Language) -> Markup {
    let word = match (by, line.key.as_str()) {
        (_, "none") => return html! { "—" },
        (By::Stage, stage) => words::stage(stage, language),
        (By::Agent | By::Campaign | By::Flow, key) => key,
    };
    html! {
        @match calls_of(by, &line.key).filter(|_| sees_calls) {
            Some(calls) => { a href=(calls) { (word) } }
            None => { (word) }
        }
    }
}

fn table(lines: &[TriggerLine], by: (By, bool), language: Language) -> Markup {
    let texts = Texts::of(language);
    html! {
        @if lines.is_empty() { p { (texts.no_call_then) } } @else {
            table {
                thead {
                    tr {
                        th {} th.n { (texts.answered_calls) } th.n { (texts.complaints_of) } th.n { (texts.triggers_of) }
                        th.n { (texts.justified_of) } th {}
                    }
                }
                tbody {
                    @for line in lines {
                        tr {
                            td { (key(line, by, language)) } td.n { (number(line.calls)) } td.n { (line.complained().shown(language)) }
                            td.n { (line.triggered().shown(language)) } td.n { (line.was_right().shown(language)) }
                            td.warn { @if line.is_small() { (texts.small) } }
                        }
                    }
                }
            }
        }
    }
}
