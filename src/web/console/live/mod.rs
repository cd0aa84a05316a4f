//! The wallboard: what is going on now.

mod pace;
mod texts;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

pub use pace::{DayLine, PaceView, Predicted};

use super::guard::Viewer;
use super::page::{bar, days_by_clock, in_address, number, page};
use super::texts::Texts;
use super::{Shared, Wallboard};
use crate::domain::{Language, Right};

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/", get(whole)).route("/live", get(part))
}

async fn whole(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    let texts = Texts::of(viewer.language);
    let board = board(&viewer, &shared).await?;
    let body = html! {
        h1 { (texts.wallboard) }
        (days_by_clock(&viewer))
        p { a href="/day" { (texts.to_course) } }
        section data-live="/live" aria-live="off" { (shown(&board, viewer.language)) }
    };
    Ok(page(&viewer, "/", texts.wallboard, &body).into_response())
}

async fn part(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    let board = board(&viewer, &shared).await?;
    Ok(shown(&board, viewer.language).into_response())
}

async fn board(viewer: &Viewer, shared: &Shared) -> Result<Wallboard, Response> {
    viewer.may(Right::SeeLive)?;
    let asked = shared.console.wallboard.ask(viewer.language).await;
    asked.map_err(Response::from)
}

fn shown(board: &Wallboard, language: Language) -> Markup {
    let texts = Texts::of(language);
    let ringing = (board.calls as u64).saturating_sub(board.talking);
    // Nobody is called of a campaign that was stopped or never started.
    let queues = board.campaigns.iter().filter(|campaign| ["running", "paused"].contains(&campaign.state));
    let queued = queues.map(|campaign| campaign.queued).sum();
    html! {
        @if board.killed { p.alarm role="alert" { (texts.killed) } }
        (super::cases::banner(board.overdue_cases, language))
        div.cards {
            (card(texts.calls_now, &number(board.calls as u64), ""))
            (card(texts.talking, &number(board.talking), ""))
            (card(texts.ringing, &number(ringing), ""))
            (card(texts.queued, &number(queued), texts.contacts))
        }
        (pace::card(&board.days, language))
        div.card {
            h2 { (texts.lines) }
            table {
                thead { tr { th { (texts.trunk) } th { (texts.state) } th.n { (texts.in_use) } th {} } }
                tbody {
                    @for trunk in &board.trunks {
                        tr {
                            td { a href=(format!("/calls?trunk={}", in_address(&trunk.name))) { (trunk.name) } }
                            @if trunk.well { td.good { (texts.well) } } @else { td.bad { (texts.ill) } }
                            td.n { (trunk.calls) " / " (trunk.channels) }
                            td { (bar(f64::from(trunk.calls) / f64::from(trunk.channels.max(1)))) }
                        }
                    }
                }
            }
        }
        div.card {
            h2 { (texts.campaigns) }
            (super::campaigns::table(&board.campaigns, texts, false))
        }
    }
}

fn card(name: &str, value: &str, small: &str) -> Markup {
    html! { div.card { h2 { (name) } b { (value) } small { (small) } } }
}
