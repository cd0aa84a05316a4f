//! `/api/v1/quality`: the form, the lists of calls to listen to, and reviews, for systems that review elsewhere.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::fault::{Fault, filled, read};
use super::openapi::{answers, body, schema};
use crate::domain::{AgentId, AttemptId, Language};
use crate::quality::{Filled, Form, Mark, Picked, Reviewed, ReviewedCall, SampleLine};
use crate::web::handler::Handler;

/// Who answers for quality.
#[derive(Debug)]
pub struct QualityApi {
    pub form: Handler<(), Form>,
    pub lists: Handler<(), Vec<SampleLine>>,
    /// `None`: there is no such list.
    pub list: Handler<i64, Option<Vec<Picked>>>,
    pub review: Handler<Filled, Reviewed>,
    /// What was reviewed in so many days.
    pub reviews: Handler<u16, Vec<ReviewedCall>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReviewBody {
    /// The call.
    attempt: i64,
    /// The login of the agent who talked in it.
    agent: String,
    /// The login of a user who may review talks: nobody reviews his own talk, and nobody a talk twice.
    reviewer: String,
    /// By the form's criteria: met, partly, not_met or na. Every criterion has a mark.
    marks: BTreeMap<String, String>,
    /// 16 kB at most.
    #[serde(default)]
    comment: String,
}

/// The longest comment, in bytes.
const COMMENT: usize = 16 * 1024;
/// Days told where nothing is asked, and the most.
const USUAL_DAYS: u16 = 30;
const MOST_DAYS: u16 = 3_660;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/quality/form", get(form))
        .route("/quality/lists", get(lists))
        .route("/quality/lists/{id}", get(list))
        .route("/quality/reviews", get(reviews).post(review))
}

async fn form(State(api): State<Shared>) -> Result<Response, Fault> {
    let form = api.quality.form.ask(()).await?;
    let criteria = form.criteria.iter().map(|it| {
        json!({
            "key": it.key, "stage": it.stage.code(), "ru": it.ru, "en": it.en, "weight": it.weight,
            "critical": it.critical,
        })
    });
    Ok(Json(criteria.collect::<Vec<_>>()).into_response())
}

async fn lists(State(api): State<Shared>) -> Result<Response, Fault> {
    let lists = api.quality.lists.ask(()).await?;
    let line = |it: &SampleLine| {
        json!({
            "id": it.id, "made_at": it.made_at, "made_by": it.made_by, "seed": it.seed, "from": it.from,
            "to": it.to, "calls": it.calls, "reviewed": it.reviewed,
        })
    };
    Ok(Json(lists.iter().map(line).collect::<Vec<_>>()).into_response())
}

async fn list(State(api): State<Shared>, Path(id): Path<String>) -> Result<Response, Fault> {
    let nothing = || Fault::new(StatusCode::NOT_FOUND, "no_list", "there is no such list");
    let id: i64 = id.parse().map_err(|_| nothing())?;
    let picked = api.quality.list.ask(id).await?.ok_or_else(nothing)?;
    let line = |it: &Picked| {
        json!({
            "attempt": it.attempt.0, "agent": it.agent.as_str(), "at": it.at, "why": it.why.code(),
            "reviews": it.reviews, "recorded": it.recorded,
        })
    };
    Ok(Json(picked.iter().map(line).collect::<Vec<_>>()).into_response())
}

async fn review(State(api): State<Shared>, bytes: Result<Bytes, BytesRejection>) -> Result<Response, Fault> {
    let filled = read::<ReviewBody>(bytes)?.check()?;
    let reviewed = api.quality.review.ask(filled).await?;
    let refuse = |status, code| Fault::new(status, code, reviewed.refusal(Language::En).unwrap_or_default());
    match reviewed {
        Reviewed::Now { raw_bp, critical } => {
            let said = json!({ "recorded": "new", "raw_bp": raw_bp, "critical": critical });
            Ok((StatusCode::CREATED, Json(said)).into_response())
        }
        Reviewed::Before => Err(refuse(StatusCode::CONFLICT, "reviewed_before")),
        Reviewed::Himself => Err(refuse(StatusCode::UNPROCESSABLE_ENTITY, "own_talk")),
        Reviewed::NoReviewer => Err(refuse(StatusCode::UNPROCESSABLE_ENTITY, "no_reviewer")),
        Reviewed::NoTalk => Err(refuse(StatusCode::NOT_FOUND, "no_talk")),
        Reviewed::Unfit => Err(refuse(StatusCode::UNPROCESSABLE_ENTITY, "unfit_marks")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    days: Option<u16>,
}

async fn reviews(
    State(api): State<Shared>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Fault> {
    let words = || Fault::field("malformed", format!("days is a number from 1 to {MOST_DAYS}"));
    let days = asked.map_err(|_| words())?.0.days.unwrap_or(USUAL_DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(words());
    }
    let calls = api.quality.reviews.ask(days).await?;
    Ok(Json(calls.iter().map(call).collect::<Vec<_>>()).into_response())
}

/// A reviewed call with the raw mark and the kept one of each review, in basis points.
fn call(call: &ReviewedCall) -> Value {
    let reviews = call.reviews.iter().map(|review| {
        let kept = review.kept(call.paid);
        let marks: BTreeMap<&str, &str> =
            review.marks.iter().map(|(key, mark)| (key.as_str(), mark.code())).collect();
        json!({
            "reviewer": review.reviewer, "at": review.at, "marks": marks, "raw_bp": review.raw_bp,
            "kept_bp": kept.bp, "kept_for_payment": kept.for_payment, "critical": review.critical,
        })
    });
    json!({
        "attempt": call.attempt.0, "agent": call.agent.as_str(), "at": call.at, "paid": call.paid,
        "reviews": reviews.collect::<Vec<_>>(),
    })
}

impl ReviewBody {
    fn check(self) -> Result<Filled, Fault> {
        let agent = AgentId::parse(&self.agent)
            .ok_or_else(|| Fault::field("malformed", "agent is the login of an agent"))?;
        let codes = Mark::ALL.map(Mark::code).join(", ");
        let marks = self.marks.into_iter().map(|(key, mark)| Some((key, Mark::parse(&mark)?)));
        let marks = marks
            .collect::<Option<BTreeMap<_, _>>>()
            .ok_or_else(|| Fault::field("malformed", format!("a mark is one of: {codes}")))?;
        if self.comment.len() > COMMENT {
            return Err(Fault::field("malformed", format!("comment has {COMMENT} bytes at most")));
        }
        let reviewer = filled("reviewer", &self.reviewer)?;
        Ok(Filled { attempt: AttemptId(self.attempt), agent, reviewer, marks, comment: self.comment })
    }
}

/// The resource's parts of the OpenAPI document.
pub(super) fn documents() -> [(&'static str, Value); 4] {
    let criterion = json!({ "key": "greeting", "stage": "contact", "ru": "…", "en": "…", "weight": 10, "critical": false });
    let line = json!({ "id": 3, "made_at": "2026-12-10T09:00:00Z", "made_by": "anna", "seed": 7, "calls": 12, "reviewed": 4 });
    let picked = json!({ "attempt": 17, "agent": "boris", "at": "2026-12-09T11:00:00Z", "why": "random", "reviews": 0, "recorded": true });
    let reviewed = json!({ "attempt": 17, "agent": "boris", "paid": true, "reviews": [{ "reviewer": "anna", "raw_bp": 8500,
        "kept_bp": 10000, "kept_for_payment": true, "critical": false }] });
    let get = |summary: &str, description: &str, example: &Value| json!({ "summary": summary, "responses": answers(&[(200, description, &json!([example]))]) });
    let mut list = get("The calls of a list", "The calls", &picked);
    list["parameters"] =
        json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": "integer" } }]);
    list["responses"]["404"] = answers(&[(404, "There is no such list", &Value::Null)])["404"].clone();
    let mut reviews = get("What was reviewed", "Calls with their reviews", &reviewed);
    reviews["parameters"] = json!([{ "name": "days", "in": "query", "required": false,
        "schema": { "type": "integer", "minimum": 1, "maximum": MOST_DAYS, "default": USUAL_DAYS } }]);
    let review = json!({
        "summary": "Tell a review of a talk",
        "description": "Reviews are append-only; a mark is not lowered where the talk brought a payment (kept_bp).",
        "requestBody": body(schema::<ReviewBody>()),
        "responses": answers(&[
            (201, "Kept", &json!({ "recorded": "new", "raw_bp": 8500, "critical": false })),
            (404, "The agent did not talk in such a call", &Value::Null),
            (409, "This reviewer has reviewed the talk already", &Value::Null),
        ]),
    });
    [
        (
            "/api/v1/quality/form",
            json!({ "get": get("The criteria of a review", "The criteria", &criterion) }),
        ),
        (
            "/api/v1/quality/lists",
            json!({ "get": get("The lists of calls to listen to", "The lists", &line) }),
        ),
        ("/api/v1/quality/lists/{id}", json!({ "get": list })),
        ("/api/v1/quality/reviews", json!({ "get": reviews, "post": review })),
    ]
}
