//! Who may sign in, for those who answer for it.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::html;

use super::Shared;
use super::guard::Viewer;
use super::page::page;
use super::tables::files;
use super::texts::Texts;
use crate::domain::Right;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/users", get(list))
}

async fn list(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    viewer.may(Right::SeeUsers)?;
    let texts = Texts::of(viewer.language);
    let asked = shared.console.users.ask(()).await;
    let users = asked?;
    let body = html! {
        h1 { (texts.users) }
        div.card {
            table {
                thead { tr { th { (texts.login) } th { (texts.role) } th { (texts.made_on) } th {} } }
                tbody {
                    @for user in &users {
                        tr {
                            td { (user.login) } td { (texts.role_of(user.role)) } td { (user.made_on) }
                            td.bad { @if user.out { (texts.kept_out) } }
                        }
                    }
                }
            }
        }
        (files("/users"))
        p { (texts.users_how) }
    };
    Ok(page(&viewer, "/users", texts.users, &body).into_response())
}
