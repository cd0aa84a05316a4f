//! Clicks on a change: into force, away, back.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Form, Router};
use serde::Deserialize;

use super::change::{not_taken, whole};
use super::{ChangeAct, ChangeClick, Changed};
use crate::domain::Right;
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/config/changes/{id}", post(click))
}

#[derive(Deserialize)]
struct Click {
    act: ChangeAct,
}

async fn click(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Form(click): Form<Click>,
) -> Result<Response, Response> {
    viewer.may(Right::ChangeConfig)?;
    let (who, language) = (viewer.login.clone(), viewer.language);
    let clicked = ChangeClick { id, act: click.act, who, language };
    let refused = |code: &str| Redirect::to(&format!("/config/changes/{id}?refused={code}")).into_response();
    Ok(match shared.console.config.act.ask(clicked).await? {
        Changed::Done => Redirect::to(&format!("/config/changes/{id}")).into_response(),
        Changed::FileIsOther => refused("file_is_other"),
        Changed::Gone => refused("gone"),
        Changed::NotWeighed => refused("not_weighed"),
        Changed::Opened(reverse) => Redirect::to(&format!("/config/changes/{reverse}")).into_response(),
        Changed::TakesAnother => refused("takes_another"),
        Changed::Wrong(said) => {
            let change = shared.console.config.change.ask((id, language)).await?;
            let change = change.ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
            let page = whole(&viewer, &change, Some(&not_taken(&said, language)));
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
    })
}
