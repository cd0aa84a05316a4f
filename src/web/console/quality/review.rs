//! The review of a talk, beside its recording. What others have found is not shown: calibration wants it unseen.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;

use super::texts::Texts;
use super::{call_link, percent};
use crate::domain::{AgentId, AttemptId, Language, Right};
use crate::quality::{self, Filled, Mark, Reviewed};
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;
use crate::web::console::page::page;
use crate::web::console::recordings::player;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/quality/talks/{attempt}/{agent}", get(form).post(save))
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    said: String,
}

async fn form(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path((attempt, agent)): Path<(i64, String)>,
    Query(said): Query<Said>,
) -> Result<Response, Response> {
    viewer.may(Right::ReviewTalks)?;
    let nothing = || StatusCode::NOT_FOUND.into_response();
    let (attempt, agent) = (AttemptId(attempt), AgentId::parse(&agent).ok_or_else(nothing)?);
    if !shared.console.quality.talked.ask((attempt, agent.clone())).await? {
        return Err(nothing());
    }
    let form = shared.console.quality.form.ask(()).await?;
    let (texts, language) = (Texts::of(viewer.language), viewer.language);
    let said = match said.said.as_str() {
        "before" => Some(texts.before),
        "himself" => Some(texts.himself),
        "no_reviewer" => Some(texts.no_reviewer),
        "no_talk" => Some(texts.no_talk),
        "unfit" => Some(texts.unfit),
        _ => None,
    };
    let body = html! {
        h1 { (texts.review) ": " (texts.call) " " (call_link(&viewer, attempt)) " · " (agent) }
        @if let Some(said) = said { p.bad role="alert" { (said) } }
        div.card { h2 { (texts.recording) } (player(attempt, "review")) }
        @if form.criteria.is_empty() { p.bad { (texts.no_form) } } @else {
            (shown(&form, &format!("/quality/talks/{attempt}/{agent}"), texts, language))
        }
    };
    Ok(page(&viewer, "/quality", texts.review, &body).into_response())
}

fn shown(form: &quality::Form, path: &str, texts: &Texts, language: Language) -> Markup {
    html! {
        form.card method="post" action=(path) {
            table {
                tbody {
                    @for criterion in &form.criteria {
                        tr {
                            td {
                                @if language == Language::Ru { (criterion.ru) } @else { (criterion.en) }
                                @if criterion.critical { " " span.warn { (texts.critical) } }
                            }
                            td.n { (criterion.weight) }
                            @for mark in Mark::ALL {
                                td {
                                    label {
                                        input type="radio" name=(criterion.key) value=(mark.code()) required;
                                        " " (texts.mark(mark))
                                    }
                                }
                            }
                        }
                    }
                }
            }
            p { label { (texts.comment) " " textarea name="comment" rows="3" {} } }
            button { (texts.save) }
        }
    }
}

async fn save(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path((attempt, agent)): Path<(i64, String)>,
    Form(mut written): Form<BTreeMap<String, String>>,
) -> Result<Response, Response> {
    viewer.may(Right::ReviewTalks)?;
    let agent = AgentId::parse(&agent).ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
    let comment = written.remove("comment").unwrap_or_default();
    let marks = written.into_iter().map(|(key, mark)| Some((key, Mark::parse(&mark)?)));
    let marks: Option<BTreeMap<String, Mark>> = marks.collect();
    let path = format!("/quality/talks/{attempt}/{agent}");
    let back = |said: &str| Ok(Redirect::to(&format!("{path}?said={said}")).into_response());
    let Some(marks) = marks else { return back("unfit") };
    let filled =
        Filled { attempt: AttemptId(attempt), agent, reviewer: viewer.login.clone(), marks, comment };
    match shared.console.quality.review.ask(filled).await? {
        Reviewed::Now { raw_bp, critical } => {
            let texts = Texts::of(viewer.language);
            let body = html! {
                h1 { (texts.marked) ": " (percent(raw_bp, viewer.language)) }
                @if critical { p.bad { (texts.critical) } }
                p { a href="/quality" { (texts.lists) } " · " a href="/quality/report" { (texts.figures) } }
            };
            Ok(page(&viewer, "/quality", texts.review, &body).into_response())
        }
        Reviewed::Before => back("before"),
        Reviewed::Himself => back("himself"),
        Reviewed::NoReviewer => back("no_reviewer"),
        Reviewed::NoTalk => back("no_talk"),
        Reviewed::Unfit => back("unfit"),
    }
}
