//! `/api/v1/users`: for whoever is signed in and has the right.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::act::wish;
use super::{UserClick, UserClicked, UserWish};
use crate::domain::{Right, Role, is_login};
use crate::web::api::{Fault, answers, body, read, schema};
use crate::web::console::Shared;
use crate::web::console::guard::Viewer;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/users", get(list).post(add))
        .route("/api/v1/users/{login}", post(change))
        .layer(DefaultBodyLimit::max(4 * 1024))
}

async fn list(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    viewer.may(Right::SeeUsers)?;
    let users = shared.console.users.list.ask(()).await;
    Ok(Json(users.map_err(|fault| Fault::from(fault).into_response())?).into_response())
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewBody {
    /// Small letters, digits, `-`, `_` and `.`, 32 at most.
    login: String,
    /// `administrator`, `agent`, `auditor`, `operator`, `quality` or `supervisor`.
    role: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangeBody {
    /// `role`, `password`, `keep_out` or `let_in`.
    r#do: String,
    /// The new one, where the role is changed.
    role: Option<String>,
}

async fn add(
    viewer: Viewer,
    State(shared): State<Shared>,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Response, Response> {
    viewer.may(Right::ChangeUsers)?;
    let NewBody { login, role } = read(bytes).map_err(Fault::into_response)?;
    let role = Role::parse(&role).filter(|_| is_login(&login));
    let role = role.ok_or_else(|| malformed("a login, or a role, that can't be"))?;
    clicked(viewer, &shared, login, UserWish::Add(role)).await
}

async fn change(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(login): Path<String>,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Response, Response> {
    viewer.may(Right::ChangeUsers)?;
    let ChangeBody { r#do, role } = read(bytes).map_err(Fault::into_response)?;
    let wish = wish(&r#do, role.as_deref().and_then(Role::parse));
    let wish = wish.ok_or_else(|| malformed("do is role with a role, password, keep_out or let_in"))?;
    clicked(viewer, &shared, login, wish).await
}

fn malformed(message: &str) -> Response {
    Fault::field("malformed", message).into_response()
}

async fn clicked(
    viewer: Viewer,
    shared: &Shared,
    login: String,
    wish: UserWish,
) -> Result<Response, Response> {
    let click = UserClick { login, wish, who: viewer.login };
    let clicked = shared.console.users.change.ask(click).await;
    let clicked = clicked.map_err(|fault| Fault::from(fault).into_response())?;
    let message = match &clicked {
        UserClicked::Done => return Ok(Json(json!({ "done": true })).into_response()),
        UserClicked::DoneWith { password, good_until } => {
            let told = json!({ "done": true, "password": password, "good_until": good_until.to_string() });
            return Ok(Json(told).into_response());
        }
        UserClicked::LastAdministrator => "nobody would be left who makes users",
        UserClicked::NotSo => "no such user, the login is taken, or it is so already",
        UserClicked::Own => "one's own account is somebody else's to change",
    };
    Err(Fault::new(StatusCode::CONFLICT, clicked.code(), message).into_response())
}

/// This part of the OpenAPI document; `x-right` is the cell of the rights table.
pub(in crate::web) fn document() -> Vec<(&'static str, Value)> {
    let way = |summary: &str, right: &str, schema: Option<schemars::Schema>| {
        let own: [(u16, &str, &Value); 3] = [
            (
                200,
                "Done; `password` is told this once, and has to be changed before `good_until`",
                &json!({}),
            ),
            (403, "The role may not", &Value::Null),
            (409, "Not now: the code says why", &Value::Null),
        ];
        let mut way = json!({
            "summary": summary,
            "security": [{ "session": [] }],
            "x-right": right,
            "responses": answers(&own),
        });
        if let Some(schema) = schema {
            way["requestBody"] = body(schema);
        }
        way
    };
    let mut change = way(
        "Change a role, give another password, keep out, let in; each is kept with whose it was",
        "change_users",
        Some(schema::<ChangeBody>()),
    );
    let login = json!({ "name": "login", "in": "path", "required": true, "schema": { "type": "string" } });
    change["parameters"] = json!([login]);
    vec![
        (
            "/api/v1/users",
            json!({
                "get": way("Who may sign in", "see_users", None),
                "post": way(
                    "Make a user with a password that is good for choosing another one",
                    "change_users",
                    Some(schema::<NewBody>()),
                ),
            }),
        ),
        ("/api/v1/users/{login}", json!({ "post": change })),
    ]
}
