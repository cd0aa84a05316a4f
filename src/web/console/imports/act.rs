//! A file sent piece by piece, and clicks on it.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;

use super::draft::show;
use super::list::{LARGEST, PIECE};
use super::texts::Texts;
use super::{Begun, DraftAct, DraftActed, DraftClick, NewDraft, Piece, PieceTaken};
use crate::domain::Right;
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;

pub(super) fn routes() -> Router<Shared> {
    let pieces =
        Router::new().route("/imports/{key}/pieces", post(piece)).layer(DefaultBodyLimit::max(PIECE));
    Router::new().route("/imports", post(begin)).route("/imports/{key}", get(show).post(click)).merge(pieces)
}

/// The longest name of a file, in bytes.
const NAME: usize = 255;

#[derive(Deserialize)]
struct Wish {
    name: String,
    size: u64,
}

async fn begin(
    viewer: Viewer,
    State(shared): State<Shared>,
    Form(wish): Form<Wish>,
) -> Result<Response, Response> {
    viewer.may(Right::ImportLists)?;
    let texts = Texts::of(viewer.language);
    if wish.name.is_empty() || wish.name.len() > NAME || !(1..=LARGEST).contains(&wish.size) {
        return Err((StatusCode::PAYLOAD_TOO_LARGE, texts.too_large).into_response());
    }
    let new = NewDraft { who: viewer.login, name: wish.name, size: wish.size };
    match shared.console.imports.begin.ask(new).await? {
        Begun::Key(key) => Ok(Redirect::to(&format!("/imports/{key}")).into_response()),
        Begun::TooMany => Err((StatusCode::CONFLICT, texts.too_many).into_response()),
        Begun::NoRoom => Err((StatusCode::INSUFFICIENT_STORAGE, texts.no_room).into_response()),
    }
}

#[derive(Deserialize)]
struct At {
    at: u64,
}

async fn piece(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(key): Path<String>,
    Query(At { at }): Query<At>,
    bytes: Bytes,
) -> Result<Response, Response> {
    viewer.may(Right::ImportLists)?;
    let piece = Piece { key, who: viewer.login, at, bytes };
    let status = match shared.console.imports.piece.ask(piece).await? {
        PieceTaken::Taken => return Ok(StatusCode::NO_CONTENT.into_response()),
        PieceTaken::OutOfOrder => StatusCode::CONFLICT,
        PieceTaken::NotThere => StatusCode::NOT_FOUND,
        PieceTaken::NoRoom => StatusCode::INSUFFICIENT_STORAGE,
    };
    Err((status, Texts::of(viewer.language).not_taken).into_response())
}

async fn click(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(key): Path<String>,
    Form(mut said): Form<HashMap<String, String>>,
) -> Result<Response, Response> {
    viewer.may(Right::ImportLists)?;
    let mut take = |name: &str| said.remove(name).unwrap_or_default();
    let act = match take("act").as_str() {
        "check" => {
            let creditor = take("creditor").trim().to_owned();
            let columns = (0..).map_while(|nth| said.remove(&format!("c{nth}"))).collect();
            DraftAct::Check { columns, creditor }
        }
        "drop" => DraftAct::Drop,
        "import" => DraftAct::Import { campaign: Some(take("campaign")).filter(|name| !name.is_empty()) },
        _ => return Err(StatusCode::UNPROCESSABLE_ENTITY.into_response()),
    };
    let to = if act == DraftAct::Drop { "/imports".to_owned() } else { format!("/imports/{key}") };
    let clears = viewer.role.may(Right::ClearImports);
    let clicked = DraftClick { key, who: viewer.login, language: viewer.language, act, clears };
    match shared.console.imports.act.ask(clicked).await? {
        DraftActed::Done => Ok(Redirect::to(&to).into_response()),
        DraftActed::NotNow => Err((StatusCode::CONFLICT, Texts::of(viewer.language).not_now).into_response()),
        DraftActed::NotThere => Err(StatusCode::NOT_FOUND.into_response()),
    }
}
