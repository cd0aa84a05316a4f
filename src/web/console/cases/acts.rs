//! A click on a case.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Form, Router};
use serde::Deserialize;

use super::file::{NotDone, shown};
use crate::cases::{Act, Acted, Deed, Kind, Number};
use crate::domain::Right;
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/cases/{number}/{act}", post(act))
}

/// What was filled in. His words: not for logs.
#[derive(Clone, Deserialize)]
pub(super) struct Click {
    pub text: String,
    #[serde(default)]
    pub justified: String,
    /// The debt's id and its creditor, with a tab between.
    #[serde(default)]
    pub debt: String,
    /// Entries of the history that the page showed.
    seen: Option<u64>,
}

async fn act(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path((number, act)): Path<(String, String)>,
    Form(click): Form<Click>,
) -> Result<Response, Response> {
    viewer.may(Right::WorkCases)?;
    let status = |status: StatusCode| status.into_response();
    let number = Number::parse(&number).ok_or_else(|| status(StatusCode::NOT_FOUND))?;
    let wanted = read(&act, click.clone()).ok_or_else(|| status(StatusCode::UNPROCESSABLE_ENTITY))?;
    let deed = Deed { act: wanted, seen: click.seen };
    match shared.console.cases.act.ask((number, deed, viewer.login.clone())).await? {
        Acted::Done(_) => Ok(Redirect::to(&format!("/cases/{number}")).into_response()),
        Acted::Refused(why) => {
            let page = shown(&viewer, &shared, number, Some(&NotDone { act, click, why })).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Acted::NoCase => Err(status(StatusCode::NOT_FOUND)),
    }
}

fn read(act: &str, click: Click) -> Option<Act> {
    let text = click.text;
    Some(match act {
        "answer" => Act::Answer { text },
        "close" => Act::Close { justified: yes_or_no(&click.justified)?, measure: text },
        "creditor" => {
            let about = click.debt.split_once('\t');
            let (debt, creditor) = (about.map(|it| it.0.to_owned()), about.map(|it| it.1.to_owned()));
            Act::Creditor { owed: !yes_or_no(&click.justified)?, debt, creditor, text }
        }
        "kind" => Act::Kind { kind: Kind::parse(&text)? },
        "link" => Act::Link { person: text.trim().to_owned() },
        "note" => Act::Note { text },
        "reopen" => Act::Reopen { why: text },
        "take" => Act::Take { owner: text.trim().to_owned() },
        _ => return None,
    })
}

fn yes_or_no(word: &str) -> Option<bool> {
    match word {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}
