//! `/desk`: the page, and its parts by themselves for the script that renews them.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::super::Shared;
use super::super::guard::Viewer;
use super::super::page::page;
use super::sections::{call_bar, day, debtor, note, outcome, script, state};
use super::sound;
use super::texts::Texts;
use super::view::DeskView;
use crate::domain::{Language, Right};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/desk", get(whole))
        .route("/desk/parts", get(parts))
        .route("/desk.js", get(script_file))
        .route("/desk.css", get(stylesheet))
}

async fn whole(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    let texts = Texts::of(viewer.language);
    let body = match seen(&viewer, &shared).await? {
        Some(view) => html! {
            link rel="stylesheet" href="/desk.css";
            script src="/desk.js" defer {}
            @if view.browser_sound {
                script src="/desk-sound.js" defer {}
                (sound::bar(texts))
            }
            div #desk data-lost=(texts.lost) data-failed=(texts.failed) data-saved=(texts.saved)
                data-not-saved=(texts.not_saved) data-not-done=(texts.not_done) data-leave-ask=(texts.leave_ask) {
                (sections(&view, viewer.language))
            }
            p #told role="status" aria-live="polite" {}
            p.keys { @if view.browser_sound { (texts.sound_key) } (texts.keys) }
        },
        None => html! { h1 { (texts.title) } p.card { (texts.no_desk) } },
    };
    Ok(page(&viewer, "/desk", texts.title, &body).into_response())
}

async fn parts(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    match seen(&viewer, &shared).await? {
        Some(view) => Ok(sections(&view, viewer.language).into_response()),
        None => Err(StatusCode::NOT_FOUND.into_response()),
    }
}

async fn seen(viewer: &Viewer, shared: &Shared) -> Result<Option<DeskView>, Response> {
    viewer.may(Right::WorkDesk)?;
    let asked = shared.console.desk.view.ask((viewer.login.clone(), viewer.language)).await;
    asked.map_err(Response::from)
}

/// The parts, each with its own id. One with a `data-key` holds what is being typed: it is renewed with the key only.
fn sections(view: &DeskView, language: Language) -> Markup {
    let texts = Texts::of(language);
    let call = view.call.as_ref();
    let key = call.map_or("none".to_owned(), |call| {
        let written = call.written.as_deref().unwrap_or("");
        let whose = if call.is_a_colleagues() { "his" } else { "own" };
        format!("{}-{}-{whose}-{written}", call.contact, call.attempt.unwrap_or(0))
    });
    html! {
        section #bar data-attempt=[call.and_then(|call| call.attempt)] data-up[call.is_some_and(|call| call.live)] { (state(view, language)) (call_bar(view, texts)) }
        section #debtor.card { (debtor(view, language)) }
        section #middle {
            section #script.card { (script(view, language)) }
            section #note.card data-key=(key) { (note(call, texts)) }
        }
        section #side {
            section #outcome.card data-key=(outcome_key(&key, view)) { (outcome(view, language)) }
            section #day.card { (day(view, language)) }
        }
    }
}

/// The outcome's choices grow when it is known who is speaking.
fn outcome_key(key: &str, view: &DeskView) -> String {
    let identified = view.call.as_ref().is_some_and(|call| call.debt.is_some());
    format!("{key}-{identified}-{}", view.preview_ends_ms.is_some())
}

async fn script_file() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("desk.js"))
}

async fn stylesheet() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("desk.css"))
}
