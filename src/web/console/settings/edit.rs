//! A file as text, to be edited.

use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;

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
    Ok(form(&viewer, &file, &text, None).into_response())
}

fn form(viewer: &Viewer, file: &ConfigFile, text: &str, trouble: Option<(&str, &str)>) -> Markup {
    let texts = Texts::of(viewer.language);
    let may = viewer.role.may(Right::ChangeConfig);
    let body = html! {
        h1 { (texts.config) ": " (file.path) }
        @if let Some((what, said)) = trouble {
            div.card role="alert" { p.bad { (what) } @if !said.is_empty() { pre { (said) } } }
        }
        form.text method="post" action="/config/file" {
            input type="hidden" name="path" value=(file.path);
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
    let propose = Propose { path: written.path, text: written.text, who, language };
    let again = |what, said: &str| {
        (StatusCode::UNPROCESSABLE_ENTITY, form(&viewer, &file, &text, Some((what, said)))).into_response()
    };
    Ok(match shared.console.config.propose.ask(propose).await? {
        Proposed::Kept(id) => Redirect::to(&format!("/config/changes/{id}")).into_response(),
        Proposed::NoFile => none(),
        Proposed::Same => again(texts.same, ""),
        Proposed::Wrong(mistakes) => again(texts.mistakes, &mistakes),
    })
}
