//! What the figures propose, applied with a click, with who and when.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;

use super::texts::Texts;
use super::{Shared, tabs};
use crate::domain::{Language, Right};
use crate::web::console::guard::Viewer;
use crate::web::console::page::{by_clock, page};
use crate::web::console::tables::files;

/// What is proposed now, and what was applied.
#[derive(Debug, Clone, Default)]
pub struct ProposalsView {
    pub proposed: Vec<ProposalLine>,
    pub applied: Vec<AppliedLine>,
}

/// A proposal.
#[derive(Debug, Clone)]
pub struct ProposalLine {
    /// With its figures.
    pub text: String,
    /// What is applied; `None`: there is nothing we could do.
    pub code: Option<String>,
    /// By what it is in force already, in words.
    pub in_force: Option<String>,
}

/// A proposal that somebody applied.
#[derive(Debug, Clone)]
pub struct AppliedLine {
    pub text: String,
    pub code: String,
    /// Whether the hours in force let it come true.
    pub followed: bool,
    pub applied: (String, String),
    /// Who took it back, and when.
    pub withdrawn: Option<(String, String)>,
}

/// A click on a proposal.
#[derive(Debug, Clone)]
pub struct SetProposal {
    pub code: String,
    /// `false`: taken back.
    pub apply: bool,
    pub who: String,
    pub language: Language,
}

/// What came of the click.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    Done,
    /// No campaign may call then.
    NeverOpen,
    /// It is so already, or not proposed any more.
    Refused,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/proposals", get(list).post(act))
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    refused: bool,
    #[serde(default)]
    never_open: bool,
}

async fn list(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(said): Query<Said>,
) -> Result<Response, Response> {
    viewer.may(Right::SeeReports)?;
    let texts = Texts::of(viewer.language);
    let view = shared.console.reports.proposals.ask(viewer.language).await?;
    let buttons = viewer.role.may(Right::ApplyProposals);
    let body = html! {
        h1 { (texts.proposals) }
        (tabs(viewer.role, "/proposals", texts))
        (by_clock(&viewer))
        @if said.refused { p.bad role="alert" { (texts.not_proposed) } }
        @if said.never_open { p.bad role="alert" { (texts.never_open) } }
        p { (texts.proposals_how) }
        @if view.proposed.is_empty() { p.card { (texts.no_proposal) } }
        @for line in &view.proposed { (proposed(line, texts, buttons)) }
        @if !view.applied.is_empty() { (applied(&view.applied, texts, buttons)) }
    };
    Ok(page(&viewer, "/reports", texts.proposals, &body).into_response())
}

fn proposed(line: &ProposalLine, texts: &Texts, buttons: bool) -> Markup {
    html! {
        div.card {
            pre { (line.text) }
            @if let Some(force) = &line.in_force { p.good { (force) } }
            @else if let Some(code) = line.code.as_ref().filter(|_| buttons) {
                form method="post" action="/proposals" data-ask=(texts.apply_ask) {
                    input type="hidden" name="code" value=(code);
                    button name="act" value="apply" { (texts.apply) }
                }
            }
        }
    }
}

fn applied(lines: &[AppliedLine], texts: &Texts, buttons: bool) -> Markup {
    html! {
        div.card {
            h2 { (texts.applied) }
            table {
                thead { tr { th {} th { (texts.applied_by) } th {} } }
                tbody {
                    @for line in lines {
                        tr {
                            td { (line.text) }
                            td { (line.applied.0) ", " (line.applied.1) }
                            @if let Some((who, when)) = &line.withdrawn {
                                td { (texts.withdrawn) ": " (who) ", " (when) }
                            } @else {
                                td {
                                    span.good { (texts.in_force) } " "
                                    @if !line.followed { span.warn { (texts.not_followed) } " " }
                                    @if buttons {
                                        form method="post" action="/proposals" {
                                            input type="hidden" name="code" value=(line.code);
                                            button name="act" value="withdraw" { (texts.withdraw) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            (files("/proposals"))
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    Apply,
    Withdraw,
}

#[derive(Deserialize)]
struct Click {
    code: String,
    act: Act,
}

async fn act(
    viewer: Viewer,
    State(shared): State<Shared>,
    Form(click): Form<Click>,
) -> Result<Redirect, Response> {
    viewer.may(Right::ApplyProposals)?;
    let apply = matches!(click.act, Act::Apply);
    let set = SetProposal { code: click.code, apply, who: viewer.login, language: viewer.language };
    match shared.console.reports.set_proposal.ask(set).await? {
        Taken::Done => Ok(Redirect::to("/proposals")),
        Taken::NeverOpen => Ok(Redirect::to("/proposals?never_open=true")),
        Taken::Refused => Ok(Redirect::to("/proposals?refused=true")),
    }
}
