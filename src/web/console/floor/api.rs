//! `/api/v1/agents`, `/api/v1/callbacks`, `/api/v1/recordings`: for whoever is signed in and has the right.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::Shared;
use super::super::guard::Viewer;
use super::texts::Texts;
use super::{Hear, Supervise, Supervised};
use crate::domain::{AttemptId, Right, Supervision};
use crate::web::api::{Fault, answers, body, number, read, schema};
use crate::web::handler::Unavailable;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/agents", get(agents))
        .route("/api/v1/agents/{login}/supervision", post(supervise))
        .route("/api/v1/callbacks", get(callbacks))
        .route("/api/v1/recordings", get(recordings))
        .route("/api/v1/recordings/{attempt}", get(hear))
        .route("/api/v1/recordings/{attempt}/journal", get(journal))
        .layer(DefaultBodyLimit::max(4 * 1024))
}

fn told<T: Serialize>(asked: Result<T, Unavailable>) -> Result<Response, Response> {
    let answer = asked.map_err(|fault| Fault::from(fault).into_response())?;
    Ok(Json(answer).into_response())
}

async fn agents(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    viewer.may(Right::SeeLive)?;
    told(shared.console.floor.agents.ask(()).await)
}

async fn callbacks(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    viewer.may(Right::SeeLive)?;
    told(shared.console.floor.callbacks.ask(()).await)
}

#[derive(Deserialize)]
struct After {
    after: Option<i64>,
}

async fn recordings(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(of): Query<After>,
) -> Result<Response, Response> {
    viewer.may(Right::HearRecordings)?;
    told(shared.console.floor.recordings.ask(AttemptId(of.after.unwrap_or(i64::MIN))).await)
}

async fn journal(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(attempt): Path<i64>,
) -> Result<Response, Response> {
    viewer.may(Right::HearRecordings)?;
    told(shared.console.floor.journal.ask(AttemptId(attempt)).await)
}

#[derive(Deserialize)]
struct Why {
    why: Option<String>,
}

/// The file itself, once who listens and why is written down.
async fn hear(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(attempt): Path<i64>,
    Query(of): Query<Why>,
) -> Result<Response, Response> {
    viewer.may(Right::HearRecordings)?;
    let why = of.why.map(|why| why.trim().to_owned()).filter(|why| (1..=512).contains(&why.len()));
    let Some(why) = why else {
        return Err(Fault::field("malformed", "why is asked for: 1 to 512 bytes").into_response());
    };
    let hear = Hear { attempt: AttemptId(attempt), who: viewer.login, why };
    let asked = shared.console.floor.hear.ask(hear).await;
    let path = asked.map_err(|fault| Fault::from(fault).into_response())?;
    let none = || Fault::new(StatusCode::NOT_FOUND, "no_recording", "there is no such recording");
    let path = path.ok_or_else(|| none().into_response())?;
    match tokio::fs::read(&path).await {
        Ok(bytes) => Ok(([(header::CONTENT_TYPE, "audio/wav")], bytes).into_response()),
        Err(fault) => {
            tracing::warn!(attempt, %fault, "a recording can't be read");
            Err(none().into_response())
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SupervisionBody {
    /// `listen` calls the supervisor's own phone; then `whisper`, `barge`, `listen` again, `take_over`, `leave`.
    r#do: String,
}

async fn supervise(
    viewer: Viewer,
    State(shared): State<Shared>,
    Path(agent): Path<String>,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Response, Response> {
    viewer.may(Right::HearTalks)?;
    let asked: SupervisionBody = read(bytes).map_err(Fault::into_response)?;
    let what = match (asked.r#do.as_str(), Supervision::parse(&asked.r#do)) {
        ("leave", _) => None,
        (_, Some(what)) => Some(what),
        _ => {
            let message = viewer.language.pick(
                "do is listen, whisper, barge, take_over or leave",
                "do — listen, whisper, barge, take_over или leave",
            );
            let fault = Fault::field("malformed", message);
            return Err(fault.into_response());
        }
    };
    let asked = shared.console.floor.supervise.ask(Supervise { who: viewer.login, agent, what }).await;
    let came_to = asked.map_err(|fault| Fault::from(fault).into_response())?;
    let (status, code) = match came_to {
        Supervised::Done => return Ok(Json(json!({ "done": true })).into_response()),
        Supervised::NotAllowed => (StatusCode::FORBIDDEN, came_to.code()),
        Supervised::NoPhone | Supervised::NotThere => (StatusCode::CONFLICT, came_to.code()),
        Supervised::NoTalk => (StatusCode::NOT_FOUND, came_to.code()),
        Supervised::NotWritten => (StatusCode::SERVICE_UNAVAILABLE, came_to.code()),
        // A program is told why.
        Supervised::Refused(why) => (StatusCode::CONFLICT, why),
    };
    let message = Texts::of(viewer.language).said(came_to.code()).unwrap_or_default();
    Err(Fault::new(status, code, message).into_response())
}

/// This part of the OpenAPI document; `x-right` is the cell of the rights table.
pub(in crate::web) fn document() -> Vec<(&'static str, Value)> {
    let parameter = |(name, place, kind): (&str, &str, &str)| json!({ "name": name, "in": place, "required": place == "path", "schema": if kind == "integer" { number() } else { json!({ "type": kind }) } });
    let way =
        |summary: &str, right: &str, parameters: &[(&str, &str, &str)], schema: Option<schemars::Schema>| {
            let own: [(u16, &str, &Value); 3] = [
                (200, "Done", &json!({})),
                (403, "The role, or the agent, may not", &Value::Null),
                (404, "Not there", &Value::Null),
            ];
            let mut way = json!({
                "summary": summary,
                "security": [{ "session": [] }],
                "x-right": right,
                "parameters": parameters.iter().copied().map(parameter).collect::<Vec<_>>(),
                "responses": answers(&own),
            });
            if let Some(schema) = schema {
                way["requestBody"] = body(schema);
            }
            way
        };
    let attempt = ("attempt", "path", "integer");
    let not_now = answers(&[(409, "Not now: the code says why", &Value::Null)])["409"].clone();
    let mut supervision = way(
        "Listen to an agent's talk, whisper to him, barge in, take over; each is written down",
        "hear_talks",
        &[("login", "path", "string")],
        Some(schema::<SupervisionBody>()),
    );
    supervision["responses"]["409"] = not_now;
    vec![
        (
            "/api/v1/agents",
            json!({ "get": way("Who works, and does what since when", "see_live", &[], None) }),
        ),
        ("/api/v1/agents/{login}/supervision", json!({ "post": supervision })),
        ("/api/v1/callbacks", json!({ "get": way("Calls agreed and not made yet", "see_live", &[], None) })),
        (
            "/api/v1/recordings",
            json!({ "get": way(
                "Recordings that are there, a hundred after the attempt named",
                "hear_recordings",
                &[("after", "query", "integer")],
                None,
            ) }),
        ),
        (
            "/api/v1/recordings/{attempt}",
            json!({ "get": way(
                "A recording as audio/wav; who listens and why is kept with the person",
                "hear_recordings",
                &[attempt, ("why", "query", "string")],
                None,
            ) }),
        ),
        (
            "/api/v1/recordings/{attempt}/journal",
            json!({ "get": way("Where a recording is silent, and why", "hear_recordings", &[attempt], None) }),
        ),
    ]
}
