//! Clicks on users. A password is shown on the answer of its click and nowhere else.

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Form, Router};
use jiff::Timestamp;
use maud::html;
use serde::Deserialize;

use super::texts::Texts;
use super::{UserClick, UserClicked, UserWish};
use crate::domain::{Right, Role, is_login};
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;
use crate::web::console::page::{in_address, minute, page};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/users", post(add))
        .route("/users/{login}", post(change))
        .layer(DefaultBodyLimit::max(4 * 1024))
}

/// What a click or a program wants, by its code.
pub(super) fn wish(code: &str, role: Option<Role>) -> Option<UserWish> {
    match (code, role) {
        ("keep_out", _) => Some(UserWish::KeepOut),
        ("let_in", _) => Some(UserWish::LetIn),
        ("password", _) => Some(UserWish::Password),
        ("role", Some(role)) => Some(UserWish::Role(role)),
        _ => None,
    }
}

#[derive(Deserialize)]
struct New {
    login: String,
    role: Role,
}

async fn add(
    viewer: Viewer,
    State(shared): State<Shared>,
    Form(new): Form<New>,
) -> Result<Response, Response> {
    viewer.may(Right::ChangeUsers)?;
    let login = new.login.trim().to_owned();
    if !is_login(&login) {
        return Ok(refused_new("login", &login, new.role));
    }
    match clicked(&viewer, &shared, login.clone(), UserWish::Add(new.role)).await? {
        Ok(done) => Ok(done),
        Err(why) => Ok(refused_new(why.code(), &login, new.role)),
    }
}

#[derive(Deserialize)]
struct Click {
    r#do: String,
    role: Option<Role>,
    /// The password that another one is wanted for, as the page knew it.
    seen: Option<String>,
}

async fn change(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(login): Path<String>,
    Form(click): Form<Click>,
) -> Result<Response, Response> {
    viewer.may(Right::ChangeUsers)?;
    let wish = wish(&click.r#do, click.role);
    let wish = wish.ok_or_else(|| StatusCode::UNPROCESSABLE_ENTITY.into_response())?;
    // A page that is loaded anew sends its click again: the password that was told meanwhile stays good.
    if let (UserWish::Password, Some(seen)) = (wish, &click.seen) {
        let users = shared.console.users.list.ask(()).await?;
        if users.iter().any(|user| user.login == login && user.seen != *seen) {
            return Ok(refused("given_before"));
        }
    }
    Ok(clicked(&viewer, &shared, login, wish).await?.unwrap_or_else(|why| refused(why.code())))
}

/// `Err`: why it was not done.
async fn clicked(
    viewer: &Viewer,
    shared: &Shared,
    login: String,
    wish: UserWish,
) -> Result<Result<Response, UserClicked>, Response> {
    let click = UserClick { login: login.clone(), wish, who: viewer.login.clone() };
    Ok(match shared.console.users.change.ask(click).await? {
        UserClicked::Done => Ok(Redirect::to("/users").into_response()),
        UserClicked::DoneWith { password, good_until } => {
            Ok(told_once(viewer, &login, (&password, good_until)))
        }
        not => Err(not),
    })
}

fn refused(code: &str) -> Response {
    Redirect::to(&format!("/users?refused={code}")).into_response()
}

/// The same, with what was written into the form for a new user.
fn refused_new(code: &str, login: &str, role: Role) -> Response {
    let login = in_address(login);
    Redirect::to(&format!("/users?refused={code}&login={login}&role={}", role.code())).into_response()
}

fn told_once(viewer: &Viewer, login: &str, (password, until): (&str, Timestamp)) -> Response {
    let texts = Texts::of(viewer.language);
    let body = html! {
        h1 { (texts.password_of) ": " (login) }
        div.card {
            p { code.password { (password) } }
            p { (texts.told_once) }
            p { (texts.good_until) " " (minute(until, viewer)) " " span.soft { (viewer.clocks.moments.1) } }
            p { a href="/users" { (texts.back) } }
        }
    };
    page(viewer, "/users", texts.password_of, &body).into_response()
}
