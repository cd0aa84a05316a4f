//! A recorded call, to be listened to in the page; whoever listens is written down before he hears anything.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::Shared;
use super::guard::Viewer;
use crate::domain::{AttemptId, Right};

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/recordings/{attempt}", get(listen))
}

/// A wish to hear a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    pub attempt: AttemptId,
    pub who: String,
    /// What for: a case, a review.
    pub why: String,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    why: String,
}

async fn listen(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(attempt): Path<i64>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    viewer.may(Right::HearRecordings)?;
    let why: String = asked.why.chars().filter(|c| !c.is_control()).take(80).collect();
    let wish = Listen { attempt: AttemptId(attempt), who: viewer.login, why };
    let heard = shared.console.recording.ask(wish).await;
    let heard = heard.map_err(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())?;
    let sound = heard.ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
    Ok(([(header::CONTENT_TYPE, "audio/wav")], sound).into_response())
}

/// The player of a call's recording; nothing is fetched before it is started.
pub(super) fn player(attempt: AttemptId, why: &str) -> Markup {
    html! { audio controls preload="none" src=(format!("/recordings/{attempt}?why={why}")) {} }
}
