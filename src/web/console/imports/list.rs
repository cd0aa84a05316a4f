//! Lists that were read in, and the way to another one.

use axum::extract::State;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::texts::Texts;
use super::{ImportLine, WaitingLine, WaitingStands};
use crate::domain::Right;
use crate::web::api::answers;
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{by_clock, csv, number, page, wide};
use crate::web::console::xlsx::as_xlsx;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/imports", get(list))
        .route("/imports.csv", get(export))
        .route("/imports.xlsx", get(export).layer(map_response(as_xlsx)))
        .route("/api/v1/imports", get(told))
}

/// Pieces that the page's script sends, in bytes, and the largest file.
pub(super) const PIECE: usize = 1 << 17;
pub(super) const LARGEST: u64 = 128 << 20;

async fn list(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    viewer.may(Right::SeeImports)?;
    let texts = Texts::of(viewer.language);
    let lines = shared.console.imports.list.ask(()).await?;
    let waiting = waiting(&viewer, &shared).await?;
    let body = html! {
        h1 { (texts.imports) }
        (by_clock(&viewer))
        @if viewer.role.may(Right::ImportLists) {
            div.card {
                h2 { (texts.new_list) }
                form.bar method="post" action="/imports" data-send=(PIECE) data-largest=(LARGEST) data-too-large=(texts.too_large) {
                    input type="file" name="file" required accept=".csv,.txt,.xlsx" aria-label=(texts.file);
                    button.main { (texts.send) }
                    progress hidden aria-label=(texts.sending) {}
                    output role="alert" {}
                }
                p.soft { (texts.send_how) }
            }
        }
        @if !waiting.is_empty() {
            div.card { h2 { (texts.waiting) } (waiting_table(&waiting, &viewer)) p.soft { (texts.waiting_how) } }
        }
        div.card {
            h2 { (texts.past) }
            @if lines.is_empty() { p { (texts.none) } } @else {
                p { a href="/imports.csv" { "CSV" } " · " a href="/imports.xlsx" { "XLSX" } }
                (wide(texts.past, &table(&lines, texts)))
                p.soft { (texts.past_how) }
            }
        }
    };
    Ok(page(&viewer, "/imports", texts.imports, &body).into_response())
}

/// Files that lie here: whose may be seen of those who may read lists in, and everybody's of whoever clears up.
async fn waiting(viewer: &Viewer, shared: &Shared) -> Result<Vec<WaitingLine>, Response> {
    if !viewer.role.may(Right::ImportLists) {
        return Ok(Vec::new());
    }
    let whose = (!viewer.role.may(Right::ClearImports)).then(|| viewer.login.clone());
    Ok(shared.console.imports.waiting.ask(whose).await?)
}

fn waiting_table(lines: &[WaitingLine], viewer: &Viewer) -> Markup {
    let texts = Texts::of(viewer.language);
    html! {
        table {
            thead { tr { th { (texts.file) } th { (texts.who) } th { (texts.at) } th.n { (texts.kilobytes) } th { (texts.stands) } th {} } }
            tbody {
                @for line in lines {
                    @let page = format!("/imports/{}", line.key);
                    tr {
                        // Nobody else sees what is in a file.
                        td { @if line.who == viewer.login { a href=(page) { (line.name) } } @else { (line.name) } }
                        td { (line.who) } td.at { (line.begun) } td.n { (number(line.size.div_ceil(1024))) }
                        td { (texts.stands_so(line.stands)) }
                        td {
                            @if !matches!(line.stands, WaitingStands::Checking | WaitingStands::Importing) {
                                form method="post" action=(page) data-ask=[(line.who != viewer.login).then_some(texts.clear_ask)] {
                                    button name="act" value="drop" aria-label=(format!("{}: {}", texts.drop, line.name)) { (texts.drop) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn table(lines: &[ImportLine], texts: &Texts) -> Markup {
    let some = |n: Option<u64>| n.map_or_else(|| "—".to_owned(), number);
    html! {
        table {
            thead { tr {
                th.n { "№" } th { (texts.file) } th { (texts.who) } th { (texts.at) } th { (texts.campaign) }
                th.n { (texts.rows) } th.n { (texts.new) } th.n { (texts.changed) } th.n { (texts.unchanged) }
                th.n { (texts.duplicate) } th.n { (texts.rejected) }
            } }
            tbody {
                @for line in lines {
                    tr {
                        td.n { (line.id) } td { (line.name) } td { (line.who.as_deref().unwrap_or("—")) }
                        td.at { (line.started_at) @if line.ended_at.is_none() { " " span.warn { (texts.goes_on) } } }
                        td { (line.campaign.as_deref().unwrap_or("—")) }
                        td.n { (some(line.rows)) } td.n { (number(line.new)) } td.n { (number(line.changed)) }
                        td.n { (number(line.unchanged)) } td.n { (some(line.duplicate)) } td.n { (some(line.rejected)) }
                    }
                }
            }
        }
    }
}

async fn export(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    viewer.may(Right::SeeImports)?;
    Ok(csv("imports", shared.console.imports.csv.ask(()).await?))
}

async fn told(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    viewer.may(Right::SeeImports)?;
    Ok(Json(shared.console.imports.list.ask(()).await?).into_response())
}

/// This part of the OpenAPI document; `x-right` is the cell of the rights table.
pub(in crate::web) fn document() -> Vec<(&'static str, Value)> {
    let own: [(u16, &str, &Value); 2] =
        [(200, "The newest first, a hundred at most", &json!([])), (403, "The role may not", &Value::Null)];
    let way = json!({
        "summary": "Lists of debtors that were read in: who, when, what became of their rows",
        "security": [{ "session": [] }],
        "x-right": "see_imports",
        "responses": answers(&own),
    });
    vec![("/api/v1/imports", json!({ "get": way }))]
}
