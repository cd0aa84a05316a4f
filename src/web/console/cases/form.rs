//! The form by which a case from mail, chat or the hotline is registered.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use jiff::Timestamp;
use maud::html;
use serde::Deserialize;

use super::texts::Texts;
use crate::cases::{Kind, LONGEST_WORDS, NewCase, Registered, Source};
use crate::domain::{AttemptId, Right};
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;
use crate::web::console::page::page;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/cases/new", get(form).post(register))
}

/// What was filled in, or what a link fills in.
#[derive(Default, Deserialize)]
struct Written {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    debt: String,
    #[serde(default)]
    attempt: String,
    #[serde(default)]
    text: String,
}

async fn form(viewer: Viewer, Query(written): Query<Written>) -> Result<Response, Response> {
    viewer.may(Right::WorkCases)?;
    Ok(shown(&viewer, &written, None))
}

async fn register(
    viewer: Viewer,
    State(shared): State<Shared>,
    Form(written): Form<Written>,
) -> Result<Response, Response> {
    viewer.may(Right::WorkCases)?;
    let texts = Texts::of(viewer.language);
    let Some(case) = read(&written) else { return Ok(shown(&viewer, &written, Some(texts.malformed))) };
    let why = match shared.console.cases.register.ask((case, viewer.login.clone())).await? {
        Registered::New { number, .. } | Registered::Known { number } => {
            return Ok(Redirect::to(&format!("/cases/{number}")).into_response());
        }
        Registered::Differs | Registered::NoAttempt => texts.no_such_call,
        // The form asks for no moment.
        Registered::InFuture | Registered::TooOld => texts.malformed,
        Registered::NoDebt => texts.no_such_debt,
        Registered::NoPerson => texts.no_such_person,
        Registered::Several => texts.several,
        Registered::TooLong => texts.too_long,
    };
    Ok(shown(&viewer, &written, Some(why)))
}

fn read(written: &Written) -> Option<NewCase> {
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let attempt = match filled(&written.attempt) {
        Some(text) => Some(AttemptId(text.parse().ok()?)),
        None => None,
    };
    Some(NewCase {
        kind: Kind::parse(&written.kind)?,
        source: Source::parse(&written.source).filter(|source| Source::OUTSIDE.contains(source))?,
        person: filled(&written.person),
        debt: filled(&written.debt),
        creditor: None,
        attempt,
        // The daemon's clock says when.
        received: Timestamp::MAX,
        text: filled(&written.text)?,
        outside_id: None,
    })
}

fn shown(viewer: &Viewer, written: &Written, why: Option<&str>) -> Response {
    let (texts, language) = (Texts::of(viewer.language), viewer.language);
    let body = html! {
        h1 { (texts.register) }
        @if let Some(why) = why { p.bad role="alert" { (why) } }
        form.card.acts method="post" action="/cases/new" {
            label {
                (texts.kind) " "
                select name="kind" {
                    @for kind in Kind::ALL {
                        option value=(kind.code()) selected[kind.code() == written.kind] { (kind.name(language)) }
                    }
                }
            }
            label {
                (texts.source) " "
                select name="source" {
                    @for source in Source::OUTSIDE {
                        option value=(source.code()) selected[source.code() == written.source] { (source.name(language)) }
                    }
                }
            }
            label { (texts.id_or_phone) " " input name="person" maxlength="128" value=(written.person); }
            label { (texts.debt) " " input name="debt" maxlength="128" value=(written.debt); }
            label { (texts.call) " " input name="attempt" inputmode="numeric" value=(written.attempt); }
            label { (texts.words) " " textarea name="text" rows="6" required maxlength=(LONGEST_WORDS) { (written.text) } }
            p { (texts.unknown_person) }
            button { (texts.register) }
        }
    };
    page(viewer, "/cases", texts.register, &body).into_response()
}
