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
use crate::domain::Right;
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{csv, number, page};
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
    let mut parts = Vec::new();
    for by in By::ALL {
        let lines = shared.console.cases.triggers.ask((by, days)).await?;
        parts.push((by, lines));
    }
    let body = html! {
        h1 { (texts.triggers) ": " (days) " " (texts.days) }
        p { (texts.triggers_how) }
        @for (by, lines) in &parts {
            div.card {
                h2 { (by.name(language)) }
                (table(lines, texts))
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

fn table(lines: &[TriggerLine], texts: &Texts) -> Markup {
    html! {
        @if lines.is_empty() { p { (texts.no_call) } } @else {
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
                            td { @if line.key == "none" { "—" } @else { (line.key) } } td.n { (number(line.calls)) } td.n { (line.complained()) }
                            td.n { (line.triggered()) } td.n { (line.was_right()) }
                            td.warn { @if line.is_small() { (texts.small) } }
                        }
                    }
                }
            }
        }
    }
}
