//! The trunks: lines in use, whether each takes calls and how many a second, its registration, and a probe by hand.

mod texts;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};

use self::texts::Texts;
use super::Shared;
use super::guard::Viewer;
use super::page::{bar, by_clock, in_address, page};
use super::tables::files;
use crate::domain::{Language, Right};
use crate::web::handler::Handler;

/// Who answers for the trunks.
#[derive(Debug)]
pub struct TrunkHandlers {
    pub list: Handler<Language, Vec<TrunkView>>,
    /// `false`: there is no such trunk, or it is being probed already.
    pub probe: Handler<ProbeTrunk, bool>,
}

/// A click that sends OPTIONS to a trunk.
#[derive(Debug, Clone)]
pub struct ProbeTrunk {
    pub trunk: String,
    pub who: String,
}

/// A trunk now.
#[derive(Debug, Clone)]
pub struct TrunkView {
    pub name: String,
    /// Host, port and transport.
    pub peer: String,
    pub taken: u32,
    pub channels: u32,
    /// Calls a second that its health allows now, of those the carrier allows.
    pub allowed_cps: u32,
    pub cps: u32,
    pub circuit: CircuitView,
    pub registers: bool,
    /// When, whether it is well, and what was said.
    pub registration: Option<(String, (bool, String))>,
    /// When, whether it was answered, and by what.
    pub probe: Option<(String, bool, String)>,
    /// A probe by hand is out.
    pub probing: bool,
}

/// Whether calls go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CircuitView {
    Closed,
    /// One trial at a time.
    HalfOpen,
    /// None: its name has no address.
    NoAddress,
    /// None, for so many seconds where that is known.
    Open {
        for_s: Option<u64>,
    },
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/trunks", get(whole))
        .route("/trunks/live", get(part))
        .route("/trunks/{name}/probe", post(probe))
}

async fn whole(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    let texts = Texts::of(viewer.language);
    let shown = shown(&viewer, &shared).await?;
    let body = html! {
        h1 { (texts.trunks) }
        (by_clock(&viewer))
        section data-live="/trunks/live" { (shown) }
        (files("/trunks"))
        p { (texts.how) }
    };
    Ok(page(&viewer, "/trunks", texts.trunks, &body).into_response())
}

async fn part(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    Ok(shown(&viewer, &shared).await?.into_response())
}

async fn shown(viewer: &Viewer, shared: &Shared) -> Result<Markup, Response> {
    viewer.may(Right::SeeLive)?;
    let texts = Texts::of(viewer.language);
    let trunks = shared.console.trunks.list.ask(viewer.language).await?;
    let button = viewer.role.may(Right::RunCampaigns);
    Ok(html! {
        div.card {
            @if trunks.is_empty() { p { (texts.none) } } @else {
                table {
                    thead {
                        tr {
                            th { (texts.trunk) } th { (texts.peer) } th.n { (texts.lines) } th {} th.n { (texts.cps) }
                            th { (texts.health) } th { (texts.registration) } th { (texts.probe) }
                            @if button { th {} }
                        }
                    }
                    tbody { @for trunk in &trunks { (row(trunk, texts, button)) } }
                }
            }
        }
    })
}

fn row(trunk: &TrunkView, texts: &Texts, button: bool) -> Markup {
    html! {
        tr {
            td { a href=(format!("/calls?trunk={}", in_address(&trunk.name))) { (trunk.name) } }
            td { (trunk.peer) }
            td.n { (trunk.taken) " / " (trunk.channels) }
            td { (bar(f64::from(trunk.taken) / f64::from(trunk.channels.max(1)))) }
            td.n { (trunk.allowed_cps) " / " (trunk.cps) }
            @match trunk.circuit {
                CircuitView::Closed => { td.good { (texts.well) } }
                CircuitView::HalfOpen => { td.warn { (texts.half_open) } }
                CircuitView::NoAddress => { td.bad { (texts.no_address) } }
                CircuitView::Open { for_s } => {
                    td.bad { (texts.open) @if let Some(for_s) = for_s { " " (for_s) " " (texts.second) } }
                }
            }
            @match (&trunk.registration, trunk.registers) {
                (_, false) => { td { (texts.by_address) } }
                (None, true) => { td.warn { (texts.not_yet) } }
                (Some((at, (well, said))), true) => {
                    td class=(if *well { "good" } else { "bad" }) { (said) br; small { (at) } }
                }
            }
            td {
                @if trunk.probing { (texts.probing) }
                @else if let Some((at, well, said)) = &trunk.probe {
                    span class=(if *well { "good" } else { "bad" }) { (said) } br; small { (at) }
                } @else { "—" }
            }
            @if button {
                td {
                    form method="post" action=(format!("/trunks/{}/probe", trunk.name)) {
                        button disabled[trunk.probing] aria-label=(format!("{}: {}", texts.probe_now, trunk.name)) {
                            (texts.probe_now)
                        }
                    }
                }
            }
        }
    }
}

async fn probe(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(trunk): Path<String>,
) -> Result<Redirect, Response> {
    viewer.may(Right::RunCampaigns)?;
    shared.console.trunks.probe.ask(ProbeTrunk { trunk, who: viewer.login }).await?;
    Ok(Redirect::to("/trunks"))
}
