//! One change: its difference, what it would do, and what may be done with it.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::diff::{Line, compare};
use super::list::state;
use super::texts::Texts;
use super::{ChangeView, Effect, EffectView};
use crate::domain::{Language, Right};
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{bar, by_clock, minute, number, page};

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/config/changes/{id}", get(show)).route("/config/changes/{id}/effect", get(part))
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    refused: String,
}

async fn show(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Query(said): Query<Said>,
) -> Result<Response, Response> {
    let change = change(&viewer, &shared, id).await?;
    Ok(whole(&viewer, &change, trouble(&said.refused, Texts::of(viewer.language))).into_response())
}

/// The part that renews itself while the change is weighed.
async fn part(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<i64>,
) -> Result<Response, Response> {
    let change = change(&viewer, &shared, id).await?;
    let mut answer = deciding(&viewer, &change).into_response();
    if !matches!(change.effect, EffectView::Weighing { .. }) {
        answer.headers_mut().insert("x-last", HeaderValue::from_static("1"));
    }
    Ok(answer)
}

async fn change(viewer: &Viewer, shared: &Shared, id: i64) -> Result<ChangeView, Response> {
    viewer.may(Right::SeeConfig)?;
    let change = shared.console.config.change.ask((id, viewer.language)).await?;
    change.ok_or_else(|| StatusCode::NOT_FOUND.into_response())
}

fn trouble<'a>(code: &str, texts: &'a Texts) -> Option<&'a str> {
    match code {
        "file_is_other" => Some(texts.file_is_other),
        "gone" => Some(texts.gone),
        "not_weighed" => Some(texts.not_weighed),
        "takes_another" => Some(texts.takes_another),
        _ => None,
    }
}

/// The change's page, with what could not be done.
pub(super) fn whole(viewer: &Viewer, change: &ChangeView, trouble: Option<&str>) -> Markup {
    let texts = Texts::of(viewer.language);
    let title = format!("{} {}: {}", texts.change, change.id, change.path);
    let live = matches!(change.effect, EffectView::Weighing { .. });
    let source = format!("/config/changes/{}/effect", change.id);
    let body = html! {
        h1 { (title) }
        (by_clock(viewer))
        @if let Some(trouble) = trouble { div.bad role="alert" { pre { (trouble) } } }
        p {
            (texts.made) ": " (change.made.1) ", " (minute(change.made.0, viewer)) " · " (texts.node) " " (change.node) " · "
            (state(change, viewer))
            @if let Some(undone) = change.undoes {
                " · " a href=(format!("/config/changes/{undone}")) { (texts.undoes) " " (undone) }
            }
        }
        div.card {
            h2 { (texts.diff) }
            (difference(change, texts))
            @if change.applied.is_none() { p.good { (texts.checked) } }
        }
        section data-live=[live.then_some(source)] { (deciding(viewer, change)) }
        p { a href="/config" { (texts.config) } }
    };
    page(viewer, "/config", &title, &body)
}

fn difference(change: &ChangeView, texts: &Texts) -> Markup {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    compared(&text(&change.was), &text(&change.becomes), texts)
}

/// What makes one text the other.
pub(super) fn compared(was: &str, becomes: &str, texts: &Texts) -> Markup {
    html! {
        pre.diff tabindex="0" role="region" aria-label=(texts.diff) {
            @for line in compare(was, becomes) {
                @match line {
                    Line::Comes(line) => { ins { "+ " (line) } "\n" }
                    Line::Goes(line) => { del { "− " (line) } "\n" }
                    Line::Stays(line) => { "  " (line) "\n" }
                    Line::Gap(lines) => { span.soft { "  … " (texts.not_shown) ": " (number(lines as u64)) } "\n" }
                }
            }
        }
    }
}

fn deciding(viewer: &Viewer, change: &ChangeView) -> Markup {
    let texts = Texts::of(viewer.language);
    html! {
        @if change.loosens {
            div.card {
                p.warn { (texts.loosens) }
                ul { @for looser in &change.looser { li { (looser) } } }
            }
        }
        div.card {
            h2 { (texts.effect) }
            @match &change.effect {
                EffectView::Known(effect) => { (known(effect, texts)) }
                EffectView::Unknown => { p { (texts.not_known) } }
                EffectView::Weighing { done, all } => {
                    p { (texts.weighing) ": " (number(*done)) " " (texts.of) " " (number(*all)) " "
                        (bar(*done as f64 / (*all).max(1) as f64)) }
                    p { (texts.weighing_how) }
                }
            }
        }
        @if viewer.role.may(Right::ChangeConfig) { (buttons(viewer, change, texts)) }
    }
}

fn known(effect: &Effect, texts: &Texts) -> Markup {
    let figure = |name: &str, count: u64, all: u64| {
        html! { div.figure { h2 { (name) } b { (number(count)) } small { (texts.of) " " (number(all)) } } }
    };
    html! {
        div.cards {
            (figure(texts.later, effect.later, effect.contacts))
            (figure(texts.earlier, effect.earlier, effect.contacts))
            (figure(texts.refused, effect.refused.0, effect.refused.1))
            (figure(texts.never, effect.never.0, effect.never.1))
        }
        details { summary { (texts.in_detail) } pre { (effect.text) } }
    }
}

fn buttons(viewer: &Viewer, change: &ChangeView, texts: &Texts) -> Markup {
    let path = format!("/config/changes/{}", change.id);
    let is_draft = change.applied.is_none() && change.dropped.is_none();
    let weighed = !matches!(change.effect, EffectView::Weighing { .. });
    let his_own = change.loosens && change.made.1 == viewer.login;
    html! {
        div.acts {
            @if is_draft {
                @if his_own { p { (texts.takes_another) } }
                @else if weighed {
                    form method="post" action=(path) data-ask=(texts.apply_ask) {
                        button.main name="act" value="apply" { (texts.apply) }
                    }
                }
                form method="post" action=(path) { button name="act" value="drop" { (texts.drop) } }
            }
            @if change.applied.is_some() && change.as_it_is {
                form method="post" action=(path) { button name="act" value="undo" { (texts.undo) } }
            }
        }
    }
}

/// What was said of a reload that did not take place.
pub(super) fn not_taken(said: &str, language: Language) -> String {
    format!("{}\n{said}", Texts::of(language).not_taken)
}
