//! A click on a case.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Form, Router};
use serde::Deserialize;

use crate::cases::{Act, Acted, Kind, Number};
use crate::domain::Right;
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/cases/{number}/{act}", post(act))
}

#[derive(Deserialize)]
struct Click {
    text: String,
    #[serde(default)]
    justified: String,
    /// The debt's id and its creditor, with a tab between.
    #[serde(default)]
    debt: String,
}

async fn act(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path((number, act)): Path<(String, String)>,
    Form(click): Form<Click>,
) -> Result<Redirect, Response> {
    viewer.may(Right::WorkCases)?;
    let status = |status: StatusCode| status.into_response();
    let number = Number::parse(&number).ok_or_else(|| status(StatusCode::NOT_FOUND))?;
    let act = read(&act, click).ok_or_else(|| status(StatusCode::UNPROCESSABLE_ENTITY))?;
    match shared.console.cases.act.ask((number, act, viewer.login)).await? {
        Acted::Done(_) => Ok(Redirect::to(&format!("/cases/{number}"))),
        Acted::Refused(why) => Ok(Redirect::to(&format!("/cases/{number}?refused={}", why.code()))),
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
