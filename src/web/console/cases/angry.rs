//! Whom something set off in a call of the week, whether he complained or not.

use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::html;

use super::texts::Texts;
use crate::domain::Right;
use crate::web::console::Shared;
use crate::web::console::audit::given;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{by_clock, csv, in_address, page};
use crate::web::console::recordings::player;
use crate::web::console::tables::{Table, files};
use crate::web::console::xlsx::as_xlsx;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/cases/angry", get(show))
        .route("/cases/angry.csv", get(export))
        .route("/cases/angry.xlsx", get(export).layer(map_response(as_xlsx)))
}

async fn show(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    viewer.may(Right::SeeCases)?;
    let texts = Texts::of(viewer.language);
    let calls = shared.console.cases.angry.ask(()).await?;
    let may_open = viewer.role.may(Right::SeeCalls);
    let hears = viewer.role.may(Right::HearRecordings);
    let body = html! {
        h1 { (texts.angry) }
        (by_clock(&viewer))
        p { (texts.angry_how) }
        div.card {
            @if calls.it.is_empty() { p { (texts.no_angry) } } @else {
                table {
                    thead {
                        tr {
                            th { (texts.call) } th { (texts.when) } th { (texts.person) } th { (texts.agent) }
                            th { (texts.campaign) } th { (texts.marks) } th { (texts.recording) } th { (texts.case) }
                        }
                    }
                    tbody {
                        @for call in &calls.it {
                            tr {
                                td {
                                    @if may_open { a href=(format!("/calls/{}", call.attempt)) { (call.attempt) } }
                                    @else { (call.attempt) }
                                }
                                td { (calls.moment(call.marked)) } td { (call.person) } td { (call.agent) }
                                td { (call.campaign) } td { (call.marks) }
                                td { @if call.recorded && hears { (player(call.attempt, "angry")) } }
                                td {
                                    @if let Some(case) = call.case { a href=(format!("/cases/{case}")) { (case) } }
                                    @else if viewer.role.may(Right::WorkCases) {
                                        a href=(format!("/cases/new?person={}&attempt={}", in_address(&call.person), call.attempt)) { (texts.register) }
                                    } @else { "—" }
                                }
                            }
                        }
                    }
                }
                (files("/cases/angry"))
            }
        }
    };
    Ok(page(&viewer, "/cases", texts.angry, &body).into_response())
}

/// Whoever takes it is written down first: it names people.
async fn export(viewer: Viewer, shared: State<Shared>, uri: Uri) -> Result<Response, Response> {
    viewer.may(Right::SeeCases)?;
    let text = shared.console.tables.ask(Table::Angry).await?.unwrap_or_default();
    given(&viewer, &shared, &uri, &text).await?;
    Ok(csv("angry", text))
}
