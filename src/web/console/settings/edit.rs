//! A file as text, to be edited.

use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;

use super::change::compared;
use super::texts::Texts;
use super::{ConfigFile, Propose, Proposed};
use crate::domain::Right;
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;
use crate::web::console::page::page;

/// The longest form, in bytes.
const LONGEST: usize = 512 * 1024;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/config/file", get(edit).post(propose)).layer(DefaultBodyLimit::max(LONGEST))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    path: String,
    /// A new campaign's name.
    #[serde(default)]
    name: String,
    /// The file whose text a new one begins with.
    #[serde(default)]
    like: String,
}

async fn edit(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    viewer.may(Right::SeeConfig)?;
    let path = if asked.name.is_empty() { asked.path } else { format!("campaigns/{}.toml", asked.name) };
    let none = || StatusCode::NOT_FOUND.into_response();
    let file = shared.console.config.file.ask(path).await?.ok_or_else(none)?;
    let text = match (file.is_there, asked.like.is_empty()) {
        (false, false) => shared.console.config.file.ask(asked.like).await?.ok_or_else(none)?.text,
        _ => file.text.clone(),
    };
    Ok(form(&viewer, &file, &text, &html! {}).into_response())
}

fn form(viewer: &Viewer, file: &ConfigFile, text: &str, trouble: &Markup) -> Markup {
    let texts = Texts::of(viewer.language);
    let may = viewer.role.may(Right::ChangeConfig);
    let body = html! {
        h1 { (texts.config) ": " (file.path) }
        (trouble)
        form.text method="post" action="/config/file" {
            input type="hidden" name="path" value=(file.path);
            input type="hidden" name="on" value=(file.mark);
            // The first line break after the tag is the tag's.
            textarea.code name="text" rows="28" spellcheck="false" aria-label=(file.path) readonly[!may] { "\n" (text) }
            @if may { p { button { (texts.check) } " " (texts.edit_how) } }
        }
        p { a href="/config" { (texts.config) } }
    };
    page(viewer, "/config", &file.path, &body)
}

#[derive(Deserialize)]
struct Written {
    path: String,
    /// The mark of the text that the form was made with; whoever does not say it has seen none.
    #[serde(default)]
    on: String,
    text: String,
}

async fn propose(
    viewer: Viewer,
    State(shared): State<Shared>,
    Form(written): Form<Written>,
) -> Result<Response, Response> {
    viewer.may(Right::ChangeConfig)?;
    let texts = Texts::of(viewer.language);
    let none = || StatusCode::NOT_FOUND.into_response();
    let file = shared.console.config.file.ask(written.path.clone()).await?.ok_or_else(none)?;
    let text = written.text.clone();
    let (who, language) = (viewer.login.clone(), viewer.language);
    let propose = Propose { path: written.path, on: written.on, text: written.text, who, language };
    let again = |file: &ConfigFile, status, trouble: &Markup| {
        (status, form(&viewer, file, &text, trouble)).into_response()
    };
    let wrong = |what, said: &str| {
        let trouble =
            html! { div.card role="alert" { p.bad { (what) } @if !said.is_empty() { pre { (said) } } } };
        again(&file, StatusCode::UNPROCESSABLE_ENTITY, &trouble)
    };
    Ok(match shared.console.config.propose.ask(propose).await? {
        Proposed::Kept(id) => Redirect::to(&format!("/config/changes/{id}")).into_response(),
        Proposed::NoFile => none(),
        Proposed::OnAnother(now) => {
            let unified = text.replace("\r\n", "\n");
            let trouble = html! {
                div.card role="alert" {
                    p.bad { (texts.on_another) }
                    (compared(&now.text.replace("\r\n", "\n"), &unified, texts))
                }
            };
            again(&now, StatusCode::CONFLICT, &trouble)
        }
        Proposed::Same => wrong(texts.same, ""),
        Proposed::Wrong(mistakes) => wrong(texts.mistakes, &mistakes),
    })
}
