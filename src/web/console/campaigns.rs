//! Campaigns: start, pause, stop, and why contacts are not called.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;

use super::guard::Viewer;
use super::page::{in_address, number, page};
use super::tables::files;
use super::texts::Texts;
use super::{CampaignAct, CampaignLine, SetCampaign, Shared};
use crate::domain::Right;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/campaigns", get(list)).route("/campaigns/{name}", post(act))
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    refused: bool,
}

async fn list(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(said): Query<Said>,
) -> Result<Response, Response> {
    viewer.may(Right::SeeLive)?;
    let texts = Texts::of(viewer.language);
    let board = shared.console.wallboard.ask(viewer.language).await?;
    let buttons = viewer.role.may(Right::RunCampaigns);
    let body = html! {
        h1 { (texts.campaigns) }
        @if said.refused { p.bad role="alert" { (texts.not_moved) } }
        @if board.killed { p.alarm role="alert" { (texts.killed) } }
        div.card { (table(&board.campaigns, texts, buttons)) (files("/campaigns")) }
    };
    Ok(page(&viewer, "/campaigns", texts.campaigns, &body).into_response())
}

/// The campaigns with their contacts by state; with buttons for those who run them.
pub(super) fn table(campaigns: &[CampaignLine], texts: &Texts, buttons: bool) -> Markup {
    html! {
        @if campaigns.is_empty() { p { (texts.no_campaign) } } @else {
            table {
                thead {
                    tr {
                        th { (texts.campaign) } th { (texts.state) }
                        th.n { (texts.queued) } th.n { (texts.waiting) } th.n { (texts.in_flight) }
                        th.n { (texts.held) } th.n { (texts.done) } th.n { (texts.contacts) }
                        th { (texts.why_not) }
                        @if buttons { th {} }
                    }
                }
                tbody { @for campaign in campaigns { (row(campaign, texts, buttons)) } }
            }
        }
    }
}

fn row(campaign: &CampaignLine, texts: &Texts, buttons: bool) -> Markup {
    let path = format!("/campaigns/{}", campaign.name);
    let (left, up) = (campaign.queued + campaign.waiting, (texts.in_flight, campaign.in_flight));
    let stop_ask = format!("{} {}", texts.stop_is_final, texts.stop_ask);
    html! {
        tr {
            td {
                a href=(format!("/calls?campaign={}", in_address(&campaign.name))) { (campaign.name) }
                @if !campaign.notices.is_empty() { pre.warn { (campaign.notices) } }
            }
            td { (texts.campaign_state(campaign.state)) }
            @for count in [campaign.queued, campaign.waiting, campaign.in_flight, campaign.held, campaign.done] {
                td.n { (number(count)) }
            }
            td.n { (number(campaign.contacts())) }
            td { @if campaign.state != "new" { a href=(format!("{path}/why-not")) { (texts.why_not) } } }
            @if buttons {
                td {
                    @if campaign.state == "running" { (button(&path, "pause", (texts.pause, texts.pause_ask), (left, up))) }
                    @if matches!(campaign.state, "new" | "draft" | "paused") { (button(&path, "start", (texts.start, texts.start_ask), (left, up))) }
                    @if !matches!(campaign.state, "new" | "stopped") {
                        (button(&path, "stop", (texts.stop, &stop_ask), (campaign.contacts() - campaign.done, up)))
                    }
                }
            }
        }
    }
}

/// A button that says before the click how many contacts it is about, and how many are in a call now.
fn button(path: &str, act: &str, (name, ask): (&str, &str), (contacts, up): (u64, (&str, u64))) -> Markup {
    let ask = format!("{ask}: {}. {}: {}.", number(contacts), up.0, number(up.1));
    html! {
        form method="post" action=(path) data-ask=(ask) { button name="act" value=(act) { (name) } }
        " "
    }
}

#[derive(Deserialize)]
struct Click {
    act: CampaignAct,
}

async fn act(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(campaign): Path<String>,
    Form(click): Form<Click>,
) -> Result<Redirect, Response> {
    viewer.may(Right::RunCampaigns)?;
    let set = SetCampaign { campaign, act: click.act, who: viewer.login };
    match shared.console.set_campaign.ask(set).await {
        Ok(true) => Ok(Redirect::to("/campaigns")),
        Ok(false) => Ok(Redirect::to("/campaigns?refused=true")),
        Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE.into_response()),
    }
}
