//! Flows as pictures, and the way a real call took through one.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{PreEscaped, html};
use serde::Deserialize;

use super::Shared;
use super::guard::Viewer;
use super::page::{page, tenths, wide};
use super::texts::Texts;
use crate::domain::{AttemptId, Language, Right};
use crate::web::handler::Handler;

/// Who answers for flows.
#[derive(Debug)]
pub struct FlowHandlers {
    /// The flows' names.
    pub list: Handler<(), Vec<String>>,
    /// A flow, with the way of a call where one is named; `None`: there is no such flow.
    pub picture: Handler<(String, Option<AttemptId>, Language), Option<FlowPicture>>,
}

/// A flow drawn.
#[derive(Debug, Clone)]
pub struct FlowPicture {
    /// Name and version.
    pub label: String,
    /// SVG made by us of a checked flow: its names are escaped.
    pub svg: String,
    /// The steps of the call, each with milliseconds since the first.
    pub trail: Vec<(i64, String)>,
    /// The call went by another version.
    pub changed: bool,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/flows", get(list)).route("/flows/{name}", get(show))
}

async fn list(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    viewer.may(Right::SeeCalls)?;
    let texts = Texts::of(viewer.language);
    let names = shared.console.flows.list.ask(()).await?;
    let body = html! {
        h1 { (texts.flows) }
        div.card {
            @if names.is_empty() { p { (texts.no_flow) } }
            ul.files { @for name in &names { li { a href=(format!("/flows/{name}")) { (name) } } } }
        }
        p { (texts.flow_how) }
    };
    Ok(page(&viewer, "/flows", texts.flows, &body).into_response())
}

#[derive(Deserialize)]
struct Asked {
    call: Option<i64>,
}

async fn show(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    viewer.may(Right::SeeCalls)?;
    let texts = Texts::of(viewer.language);
    let wanted = (name, asked.call.map(AttemptId), viewer.language);
    let picture = shared.console.flows.picture.ask(wanted).await?;
    let picture = picture.ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
    let body = html! {
        h1 { (picture.label) }
        @if let Some(call) = asked.call {
            p { a href=(format!("/calls/{call}")) { (texts.flow_walked) " " (call) } }
            @if picture.changed { p.warn { (texts.flow_changed) } }
        }
        (wide(&picture.label, &PreEscaped(picture.svg.clone())))
        @if !picture.trail.is_empty() {
            div.card {
                h2 { (texts.flow_steps) }
                ol.trail {
                    @for (after_ms, step) in &picture.trail {
                        li { code { (step) } " +" (tenths(*after_ms as f64 / 1_000.0, viewer.language)) " " (texts.second) }
                    }
                }
            }
        }
        p { (texts.flow_how) }
    };
    Ok(page(&viewer, "/flows", &picture.label, &body).into_response())
}
