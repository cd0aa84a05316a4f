//! The files that may be changed, and every change.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::ChangeView;
use super::texts::Texts;
use crate::domain::Right;
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{by_clock, minute, page};
use crate::web::console::tables::files;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/config", get(list))
}

async fn list(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    viewer.may(Right::SeeConfig)?;
    let texts = Texts::of(viewer.language);
    let view = shared.console.config.list.ask(()).await?;
    let campaigns: Vec<&String> = view.files.iter().filter(|path| path.starts_with("campaigns/")).collect();
    let body = html! {
        h1 { (texts.config) }
        p { (texts.how) }
        div.card {
            h2 { (texts.files) }
            ul.files {
                @for path in &view.files { li { a href=(format!("/config/file?path={path}")) { (path) } } }
            }
            p.soft { (texts.version) " " (view.version) }
            @if viewer.role.may(Right::ChangeConfig) && !campaigns.is_empty() { (new_campaign(&campaigns, texts)) }
        }
        div.card {
            h2 { (texts.changes) }
            @if view.changes.is_empty() { p { (texts.no_change) } } @else {
                (by_clock(&viewer))
                (table(&view.changes, &viewer, texts))
                (files("/config/changes"))
            }
        }
    };
    Ok(page(&viewer, "/config", texts.config, &body).into_response())
}

fn new_campaign(campaigns: &[&String], texts: &Texts) -> Markup {
    html! {
        form.bar method="get" action="/config/file" {
            label { (texts.new_campaign) " "
                input name="name" required maxlength="64" pattern="[a-z0-9_\\-]+" placeholder="spring-2027";
            }
            label { (texts.like) " "
                select name="like" { @for path in campaigns { option value=(path) { (path) } } }
            }
            button { (texts.make) }
        }
    }
}

fn table(changes: &[ChangeView], viewer: &Viewer, texts: &Texts) -> Markup {
    html! {
        table {
            thead { tr { th.n { (texts.number) } th { (texts.file) } th { (texts.made) } th { (texts.state) } } }
            tbody {
                @for change in changes {
                    tr {
                        td.n { a href=(format!("/config/changes/{}", change.id)) { (change.id) } }
                        td { (change.path) }
                        td { (change.made.1) ", " (minute(change.made.0, viewer)) }
                        td { (state(change, viewer)) }
                    }
                }
            }
        }
    }
}

/// What became of a change, with who and when.
pub(super) fn state(change: &ChangeView, viewer: &Viewer) -> Markup {
    let texts = Texts::of(viewer.language);
    html! {
        @if let Some((at, who)) = &change.applied {
            span.good { (texts.is_applied) } " " (minute(*at, viewer)) ", " (who)
        } @else if let Some((at, who)) = &change.dropped {
            (texts.is_dropped) ": " (minute(*at, viewer)) ", " (who)
        } @else { span.warn { (texts.is_draft) } }
    }
}
