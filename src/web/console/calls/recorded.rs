//! Recordings, the newest first, each with its player.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::list::{Asked, address, filters, phone, query};
use super::texts::Texts;
use super::{CallRow, CallsAsked};
use crate::domain::{AttemptId, Right};
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{by_clocks, page, wide};
use crate::web::console::recordings::player;
use crate::web::console::views;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/recordings", get(list))
}

async fn list(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    viewer.may(Right::HearRecordings)?;
    let texts = Texts::of(viewer.language);
    let mut asked = asked.wanted(&viewer)?;
    asked.recorded = true;
    let view = shared.console.calls.page.ask(asked.clone()).await?;
    // That they are recorded goes without saying here.
    let query = query(&CallsAsked { recorded: false, ..asked.clone() });
    let views = views::bar(&viewer, &shared, ("/recordings", &query)).await?;
    let body = html! {
        h1 { (texts.recordings) }
        (by_clocks(&viewer))
        div.card {
            (views)
            (filters("/recordings", &asked, &view, texts))
            @if view.rows.is_empty() { p { (texts.no_recordings) } } @else {
                p.soft { (texts.recordings_how) }
                (wide(texts.recordings, &table(&view.rows, &viewer, texts)))
            }
            p.pages {
                @if asked.before.is_some() { a href=(address("/recordings", &asked, None)) { (texts.newest) } " " }
                @if let Some(before) = view.before {
                    a href=(address("/recordings", &asked, Some(before))) { (texts.older) }
                }
            }
        }
    };
    Ok(page(&viewer, "/recordings", texts.recordings, &body).into_response())
}

fn table(rows: &[CallRow], viewer: &Viewer, texts: &Texts) -> Markup {
    html! {
        table {
            thead { tr {
                th.n { "№" } th { (texts.at) } th { (texts.campaign) } th { (texts.person) } th { (texts.phone) }
                th { (texts.outcome) } th { (texts.disposition) } th.n { (texts.talked) } th { (texts.recording) }
            } }
            tbody {
                @for row in rows {
                    tr {
                        td.n { a href=(format!("/calls/{}", row.id)) { (row.id) } }
                        td.at { (row.at) } td { (row.campaign) } td { (row.person) } td { (phone(row, viewer)) }
                        td { (row.outcome.as_deref().unwrap_or(texts.goes_on)) }
                        td { (row.disposition.as_deref().unwrap_or("—")) }
                        td.n { @if let Some(talked) = row.talked_s { (talked) } }
                        td { (player(AttemptId(row.id), "recordings")) }
                    }
                }
            }
        }
    }
}
