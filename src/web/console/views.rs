//! Filters that a user keeps under a name: links above a table, and a form that keeps what is shown.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;

use super::Shared;
use super::guard::Viewer;
use super::texts::Texts;
use crate::web::handler::Handler;

/// Who answers for kept filters.
#[derive(Debug)]
pub struct ViewHandlers {
    /// A user's of a page.
    pub list: Handler<(String, &'static str), Vec<ViewLine>>,
    pub set: Handler<SetView, ()>,
}

/// Kept filters.
#[derive(Debug, Clone)]
pub struct ViewLine {
    pub name: String,
    pub query: String,
}

/// A click on them.
#[derive(Debug, Clone)]
pub struct SetView {
    pub login: String,
    pub path: &'static str,
    pub name: String,
    /// `None`: they are forgotten.
    pub query: Option<String>,
}

/// The pages whose filters are kept.
const PAGES: [&str; 15] = [
    "/audit",
    "/calls",
    "/cases",
    "/cases/triggers",
    "/quality/report",
    "/recordings",
    "/reports/agents",
    "/reports/channels",
    "/reports/economics",
    "/reports/kpi",
    "/reports/pareto",
    "/reports/promises",
    "/reports/types",
    "/reports/uplift",
    "/reports/wear",
];
/// The longest name and the longest query, in bytes.
const NAME: usize = 64;
const QUERY: usize = 1_024;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/views", post(set))
}

/// What he has kept of this page, and the form for what is shown now; `query` is its address behind `?`. Nothing of a page
/// whose filters are not kept.
pub(super) async fn bar(
    viewer: &Viewer,
    shared: &Shared,
    (path, query): (&str, &str),
) -> Result<Markup, Response> {
    let Some(path) = PAGES.into_iter().find(|page| *page == path) else { return Ok(html! {}) };
    let views = shared.console.views.list.ask((viewer.login.clone(), path)).await?;
    let texts = Texts::of(viewer.language);
    let hidden = |query: &str| html! { input type="hidden" name="path" value=(path); input type="hidden" name="query" value=(query); };
    if views.is_empty() && query.is_empty() {
        return Ok(html! {});
    }
    Ok(html! {
        div.views {
            @for view in &views {
                span.view {
                    a href=(format!("{path}?{}", view.query)) { (view.name) }
                    form method="post" action="/views" {
                        (hidden(""))
                        button name="name" value=(view.name) aria-label=(format!("{}: {}", texts.forget, view.name)) { "×" }
                    }
                }
            }
            @if !query.is_empty() {
                form.bar method="post" action="/views" {
                    (hidden(query))
                    input name="name" required maxlength="64" placeholder=(texts.view_name) aria-label=(texts.view_name);
                    button { (texts.keep_view) }
                }
            }
        }
    })
}

#[derive(Deserialize)]
struct Click {
    path: String,
    name: String,
    /// Empty: they are forgotten.
    query: String,
}

async fn set(
    viewer: Viewer,
    State(shared): State<Shared>,
    Form(click): Form<Click>,
) -> Result<Response, Response> {
    let refused = || StatusCode::UNPROCESSABLE_ENTITY.into_response();
    let path = PAGES.into_iter().find(|page| *page == click.path).ok_or_else(refused)?;
    let name = click.name.trim();
    if !(1..=NAME).contains(&name.chars().count()) || click.query.len() > QUERY {
        return Err(refused());
    }
    let query = Some(click.query).filter(|query| !query.is_empty());
    let to = query.as_ref().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let set = SetView { login: viewer.login, path, name: name.to_owned(), query };
    shared.console.views.set.ask(set).await?;
    // Only what a header can hold.
    let to = if to.bytes().all(|byte| byte.is_ascii_graphic()) { to } else { path.to_owned() };
    Ok(Redirect::to(&to).into_response())
}
