//! Everybody's own password; whoever was given one by somebody else chooses another here, and goes nowhere before.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, RequestExt, Router};
use maud::html;
use serde::Deserialize;
use tower_sessions::Session;

use super::texts::Texts;
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;
use crate::web::console::page::page;
use crate::web::console::password::{hash_password, is_right, on_password_thread};
use crate::web::console::sign_in::{home_of, now};

/// Where it is.
pub(in crate::web::console) const OWN_PASSWORD: &str = "/password";
/// The shortest and the longest one, in characters and in bytes.
const SHORTEST: usize = 8;
const LONGEST: usize = 256;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route(OWN_PASSWORD, get(form).post(change)).layer(DefaultBodyLimit::max(4 * 1024))
}

async fn form(viewer: Viewer) -> Response {
    shown(&viewer, None)
}

fn shown(viewer: &Viewer, trouble: Option<&str>) -> Response {
    let texts = Texts::of(viewer.language);
    let field = |name: &str, label: &str, kind: &str| {
        html! {
            label { (label)
                input name=(name) type="password" autocomplete=(kind) required maxlength=(LONGEST)
                    autofocus[name == "current"];
            }
        }
    };
    let body = html! {
        h1 { (texts.own_password) }
        form.card.acts method="post" action=(OWN_PASSWORD) {
            @if viewer.once { p { (texts.once_how) } }
            @if let Some(trouble) = trouble { p.bad role="alert" { (trouble) } }
            (field("current", texts.current, "current-password"))
            (field("new", texts.new, "new-password"))
            (field("again", texts.again, "new-password"))
            button.main { (texts.change) }
        }
    };
    page(viewer, "", texts.own_password, &body).into_response()
}

#[derive(Deserialize)]
struct Change {
    current: String,
    new: String,
    again: String,
}

impl Change {
    /// What is wrong with it before the current one is looked at.
    fn trouble(&self, texts: &Texts) -> Option<&'static str> {
        if self.new.chars().count() < SHORTEST || self.new.len() > LONGEST || self.current.len() > LONGEST {
            Some(texts.too_short)
        } else if self.new != self.again {
            Some(texts.differ)
        } else if self.new == self.current {
            Some(texts.the_same)
        } else {
            None
        }
    }
}

async fn change(
    viewer: Viewer,
    session: Session,
    State(shared): State<Shared>,
    request: Request,
) -> Response {
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|from| from.0.ip());
    let from = from.unwrap_or(IpAddr::from([127, 0, 0, 1]));
    let Ok(Form(asked)) = request.extract::<Form<Change>, _>().await else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    let texts = Texts::of(viewer.language);
    let refused = |status, trouble| (status, shown(&viewer, Some(trouble))).into_response();
    if let Some(trouble) = asked.trouble(texts) {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, trouble);
    }
    if !shared.doorman.lets(from, &viewer.login, now()) {
        return refused(StatusCode::TOO_MANY_REQUESTS, texts.too_often);
    }
    let Ok(Some(user)) = shared.console.users.find.ask(viewer.login.clone()).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let Some(right) = on_password_thread(move || is_right(&asked.current, Some(&user.hash))).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    if !right {
        return refused(StatusCode::UNAUTHORIZED, texts.not_current);
    }
    shared.doorman.forget(from, &viewer.login);
    let Some(Ok(hash)) = on_password_thread(move || hash_password(&asked.new)).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if shared.console.users.own_password.ask((viewer.login.clone(), hash)).await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    // All his sessions have ended; this one goes on under another number.
    if session.cycle_id().await.is_err() {
        return Redirect::to("/sign-in").into_response();
    }
    Redirect::to(home_of(viewer.role)).into_response()
}
