//! The lists of calls to listen to, and the drawing of another one.

use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use maud::html;
use serde::Deserialize;

use super::texts::Texts;
use super::{Draw, call_link};
use crate::domain::{AgentId, Right};
use crate::web::console::Shared;
use crate::web::console::audit::given;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{by_clock, csv, number, page};
use crate::web::console::tables::files;
use crate::web::console::xlsx::as_xlsx;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/quality", get(lists).post(draw))
        .route("/quality/lists/{id}", get(list))
        .route("/quality/lists/{id}/csv", get(export))
        .route("/quality/lists/{id}/xlsx", get(export).layer(map_response(as_xlsx)))
}

async fn lists(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    viewer.may(Right::SeeQuality)?;
    let texts = Texts::of(viewer.language);
    let samples = shared.console.quality.samples.ask(()).await?;
    let body = html! {
        h1 { (texts.quality) }
        (by_clock(&viewer))
        @if viewer.role.may(Right::ReviewTalks) {
            form.bar method="post" action="/quality" {
                input name="days" type="number" min="1" max="366" value="7" aria-label=(texts.days);
                span { (texts.days) }
                input name="agent" placeholder=(texts.agent_or_all) aria-label=(texts.agent);
                input name="seed" inputmode="numeric" placeholder=(texts.seed) aria-label=(texts.seed);
                button { (texts.draw) }
                a href="/quality/report" { (texts.figures) }
            }
        } @else { p { a href="/quality/report" { (texts.figures) } } }
        div.card {
            h2 { (texts.lists) }
            @if samples.it.is_empty() { p { (texts.nothing) } } @else {
                table {
                    thead { tr { th { "№" } th { (texts.made) } th { (texts.made_by) } th { (texts.made_of) } th { (texts.seed) } th.n { (texts.reviewed) } } }
                    tbody {
                        @for line in &samples.it {
                            tr {
                                td { a href=(format!("/quality/lists/{}", line.id)) { (line.id) } }
                                td { (samples.moment(line.made_at)) } td { (line.made_by) }
                                td { (samples.moment(line.from)) " – " (samples.moment(line.to)) }
                                td { (line.seed) }
                                td.n { (number(line.reviewed)) " / " (number(line.calls)) }
                            }
                        }
                    }
                }
                (files("/quality/lists"))
            }
        }
    };
    Ok(page(&viewer, "/quality", texts.quality, &body).into_response())
}

#[derive(Deserialize)]
struct Wish {
    days: u16,
    #[serde(default)]
    agent: String,
    #[serde(default)]
    seed: String,
}

async fn draw(
    viewer: Viewer,
    State(shared): State<Shared>,
    Form(wish): Form<Wish>,
) -> Result<Redirect, Response> {
    viewer.may(Right::ReviewTalks)?;
    let unfit = || StatusCode::UNPROCESSABLE_ENTITY.into_response();
    let (agent, seed) = (wish.agent.trim(), wish.seed.trim());
    let agent = (!agent.is_empty()).then(|| AgentId::parse(agent).ok_or_else(unfit)).transpose()?;
    let seed = (!seed.is_empty()).then(|| seed.parse().map_err(|_| unfit())).transpose()?;
    let draw = Draw { days: wish.days.clamp(1, 366), agent, seed, who: viewer.login };
    let id = shared.console.quality.draw.ask(draw).await?;
    Ok(Redirect::to(&format!("/quality/lists/{id}")))
}

async fn list(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<i64>,
) -> Result<Response, Response> {
    viewer.may(Right::SeeQuality)?;
    let texts = Texts::of(viewer.language);
    must_be_there(&shared, id).await?;
    let calls = shared.console.quality.picked.ask(id).await?;
    let body = html! {
        h1 { (texts.lists) ": " (id) }
        (by_clock(&viewer))
        p { a href=(format!("/quality/lists/{id}/csv")) { "CSV" } " " a href=(format!("/quality/lists/{id}/xlsx")) { "XLSX" } }
        div.card {
            @if calls.it.is_empty() { p { (texts.nothing) } } @else {
                table {
                    thead {
                        tr {
                            th { (texts.call) } th { (texts.agent) } th { (texts.when) } th { (texts.why) }
                            th.n { (texts.reviews) } th {}
                        }
                    }
                    tbody {
                        @for call in &calls.it {
                            tr {
                                td { (call_link(&viewer, call.attempt)) } td { (call.agent) } td { (calls.moment(call.at)) }
                                td { (texts.drawn_for(call.why)) } td.n { (number(call.reviews)) }
                                td {
                                    @if call.recorded && viewer.role.may(Right::ReviewTalks) {
                                        a href=(format!("/quality/talks/{}/{}", call.attempt, call.agent)) { (texts.review) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    Ok(page(&viewer, "/quality", texts.lists, &body).into_response())
}

async fn export(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    uri: Uri,
) -> Result<Response, Response> {
    viewer.may(Right::SeeQuality)?;
    must_be_there(&shared, id).await?;
    let text = shared.console.quality.picked_csv.ask(id).await?;
    given(&viewer, &shared, &uri, &text).await?;
    Ok(csv("listening", text))
}

/// A list that nobody drew is not found.
async fn must_be_there(shared: &Shared, id: i64) -> Result<(), Response> {
    let samples = shared.console.quality.samples.ask(()).await?;
    match samples.it.iter().any(|line| line.id == id) {
        true => Ok(()),
        false => Err(StatusCode::NOT_FOUND.into_response()),
    }
}
