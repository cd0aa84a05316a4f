//! The log of messages to other systems, and sending one again.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use maud::{Markup, html};
use serde::Deserialize;

use super::texts::Texts;
use super::{Shared, tabs};
use crate::domain::Right;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{by_clock, page, wide};
use crate::web::console::tables::files;

/// A message for an endpoint.
#[derive(Debug, Clone)]
pub struct DeliveryLine {
    pub endpoint: String,
    pub message: i64,
    pub at: String,
    pub kind: String,
    pub tries: u32,
    /// When it is tried next; `None` once it is taken.
    pub waits_until: Option<String>,
    /// What the endpoint said to the last try.
    pub answer: String,
}

/// A click that sends messages again.
#[derive(Debug, Clone)]
pub struct Resend {
    pub endpoint: String,
    /// `None`: all that wait.
    pub message: Option<i64>,
    /// Whose click; it goes to the log.
    pub who: String,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/deliveries", get(list).post(act))
}

async fn list(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    viewer.may(Right::SeeReports)?;
    let texts = Texts::of(viewer.language);
    let lines = shared.console.reports.deliveries.ask(()).await?;
    let buttons = viewer.role.may(Right::ResendMessages);
    let mut waiting: Vec<&str> =
        lines.iter().filter(|line| line.waits_until.is_some()).map(|line| line.endpoint.as_str()).collect();
    waiting.sort_unstable();
    waiting.dedup();
    let body = html! {
        h1 { (texts.deliveries) }
        (tabs(viewer.role, "/deliveries", texts))
        (by_clock(&viewer))
        p { (texts.deliveries_how) }
        @if lines.is_empty() { p.card { (texts.no_delivery) } } @else {
            @for endpoint in waiting.iter().filter(|_| buttons) {
                p { (again(endpoint, None, &format!("{}: {endpoint}", texts.resend_all))) }
            }
            (wide(texts.deliveries, &table(&lines, texts, buttons)))
            (files("/deliveries"))
        }
    };
    Ok(page(&viewer, "/reports", texts.deliveries, &body).into_response())
}

fn table(lines: &[DeliveryLine], texts: &Texts, buttons: bool) -> Markup {
    html! {
        table {
            thead {
                tr {
                    th.n { (texts.message) } th { (texts.endpoint) } th { (texts.kind) } th { (texts.at) }
                    th.n { (texts.tries) } th { (texts.state) } th { (texts.fault) }
                    @if buttons { th {} }
                }
            }
            tbody {
                @for line in lines {
                    tr {
                        td.n { (line.message) } td { (line.endpoint) } td { (line.kind) } td { (line.at) }
                        td.n { (line.tries) }
                        @if let Some(until) = &line.waits_until {
                            td.warn { (texts.waits_until) " " (until) }
                        } @else { td.good { (texts.taken) } }
                        td { (line.answer) }
                        @if buttons { td { (again(&line.endpoint, Some(line.message), texts.resend)) } }
                    }
                }
            }
        }
    }
}

fn again(endpoint: &str, message: Option<i64>, name: &str) -> Markup {
    html! {
        form method="post" action="/deliveries" {
            input type="hidden" name="endpoint" value=(endpoint);
            @if let Some(message) = message { input type="hidden" name="message" value=(message); }
            button { (name) }
        }
    }
}

#[derive(Deserialize)]
struct Click {
    endpoint: String,
    message: Option<i64>,
}

async fn act(
    viewer: Viewer,
    State(shared): State<Shared>,
    Form(click): Form<Click>,
) -> Result<Redirect, Response> {
    viewer.may(Right::ResendMessages)?;
    let resend = Resend { endpoint: click.endpoint, message: click.message, who: viewer.login };
    shared.console.reports.resend.ask(resend).await?;
    Ok(Redirect::to("/deliveries"))
}
