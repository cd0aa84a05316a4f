//! The agents now: who does what since when, and a supervisor's way into a talk.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::desk::words;
use super::texts::Texts;
use super::{AgentLine, Supervise};
use crate::domain::{Language, Right, Supervision};
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{number, page};
use crate::web::console::tables::files;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/agents", get(whole))
        .route("/agents/live", get(part))
        .route("/agents/{login}", post(click))
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    said: String,
}

async fn whole(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(said): Query<Said>,
) -> Result<Response, Response> {
    let texts = Texts::of(viewer.language);
    let board = board(&viewer, &shared).await?;
    let body = html! {
        h1 { (texts.agents) }
        @if let Some(words) = texts.said(&said.said) {
            p class=(if said.said == "done" { "good" } else { "bad" }) role="alert" { (words) }
        }
        section data-live="/agents/live" { (board) }
        (files("/agents"))
        @if viewer.role.may(Right::HearTalks) { p.soft { (texts.hear_how) } }
    };
    Ok(page(&viewer, "/agents", texts.agents, &body).into_response())
}

async fn part(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    Ok(board(&viewer, &shared).await?.into_response())
}

async fn board(viewer: &Viewer, shared: &Shared) -> Result<Markup, Response> {
    viewer.may(Right::SeeLive)?;
    let texts = Texts::of(viewer.language);
    let board = shared.console.floor.board.ask(()).await?;
    Ok(html! {
        (by_state(&board.it, viewer.language))
        div.card {
            @if board.it.is_empty() { p { (texts.none) } } @else { (table(&board.it, board.now, viewer, texts)) }
        }
    })
}

/// How many agents do what.
pub(in crate::web::console) fn by_state(lines: &[AgentLine], language: Language) -> Markup {
    let texts = Texts::of(language);
    let count = |codes: &[&str]| lines.iter().filter(|line| codes.contains(&line.state)).count() as u64;
    let figure =
        |name: &str, codes: &[&str]| html! { div.card { h2 { (name) } b { (number(count(codes))) } } };
    html! {
        div.cards {
            (figure(texts.talk, &["talking", "hold"]))
            (figure(texts.ready, &["ready"]))
            (figure(texts.wrap_up, &["wrap_up"]))
            (figure(texts.away, &["away"]))
            (figure(texts.no_audio, &["no_audio"]))
        }
    }
}

fn table(lines: &[AgentLine], now: Timestamp, viewer: &Viewer, texts: &Texts) -> Markup {
    let hears = viewer.role.may(Right::HearTalks);
    html! {
        table {
            thead { tr {
                th { (texts.agent) } th { (texts.state) } th.n { (texts.since) } th.n { (texts.call) }
                @if hears { th { (texts.hear) } }
            } }
            tbody { @for line in lines { (row(line, now, viewer, texts)) } }
        }
    }
}

fn row(line: &AgentLine, now: Timestamp, viewer: &Viewer, texts: &Texts) -> Markup {
    let seconds = (now.as_millisecond() - line.since_ms).max(0) / 1_000;
    let talks = matches!(line.state, "talking" | "hold") && line.attempt.is_some();
    html! {
        tr {
            td { (line.display.as_deref().unwrap_or(&line.agent)) @if line.display.is_some() { " " span.soft { (line.agent) } } }
            td {
                (words::state(line.state, viewer.language))
                @if let Some(pause) = &line.pause { ": " (words::pause(pause, viewer.language)) }
            }
            td.n { (format!("{}:{:02}", seconds / 60, seconds % 60)) }
            td.n {
                @if let Some(attempt) = line.attempt {
                    @if viewer.role.may(Right::SeeCalls) { a href=(format!("/calls/{attempt}")) { (attempt) } } @else { (attempt) }
                }
            }
            @if viewer.role.may(Right::HearTalks) { td { @if talks { (hearing(&line.agent, texts)) } } }
        }
    }
}

/// What a supervisor may do in a talk; each button keeps its focus when the table is renewed.
fn hearing(agent: &str, texts: &Texts) -> Markup {
    let buttons = [
        ("listen", texts.listen),
        ("whisper", texts.whisper),
        ("barge", texts.barge),
        ("take_over", texts.take_over),
        ("leave", texts.leave),
    ];
    html! {
        form.hear method="post" action=(format!("/agents/{agent}")) {
            @for (code, name) in buttons { button name="do" value=(code) id=(format!("{agent}-{code}")) { (name) } " " }
        }
    }
}

#[derive(Deserialize)]
struct Click {
    r#do: String,
}

async fn click(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(agent): Path<String>,
    Form(click): Form<Click>,
) -> Result<Response, Response> {
    viewer.may(Right::HearTalks)?;
    let what = match (click.r#do.as_str(), Supervision::parse(&click.r#do)) {
        ("leave", _) => None,
        (_, Some(what)) => Some(what),
        _ => return Err(StatusCode::UNPROCESSABLE_ENTITY.into_response()),
    };
    let came_to = shared.console.floor.supervise.ask(Supervise { who: viewer.login, agent, what }).await?;
    let said = came_to.code();
    Ok(Redirect::to(&format!("/agents?said={said}")).into_response())
}
