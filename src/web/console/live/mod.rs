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
use super::{AgentLine, CircuitView, Shared, Wallboard};
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
        section data-live="/live" aria-live="off" { (board) }
    };
    Ok(page(&viewer, "/", texts.wallboard, &body).into_response())
}

async fn part(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    Ok(board(&viewer, &shared).await?.into_response())
}

async fn board(viewer: &Viewer, shared: &Shared) -> Result<Markup, Response> {
    viewer.may(Right::SeeLive)?;
    let board = shared.console.wallboard.ask(viewer.language).await?;
    let agents = shared.console.floor.agents.ask(()).await?;
    Ok(shown(&board, &agents, viewer.language))
}

fn shown(board: &Wallboard, agents: &[AgentLine], language: Language) -> Markup {
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
        @if !agents.is_empty() {
            section aria-label=(texts.agents) {
                h2 { a href="/agents" { (texts.agents) } }
                (super::floor::by_state(agents, language))
            }
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
                            @match trunk.circuit {
                                CircuitView::Closed | CircuitView::HalfOpen => { td.good { (texts.well) } }
                                CircuitView::NoAddress => { td.bad { (texts.no_address) } }
                                CircuitView::Open { .. } => { td.bad { (texts.ill) } }
                            }
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
