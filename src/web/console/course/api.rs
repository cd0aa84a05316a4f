//! `/api/v1/day`: the course for programs, and for the page's charts.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use serde_json::{Value, json};

use super::{CourseStep, CourseView, Shared, Written};
use crate::domain::Right;
use crate::web::api::{Fault, answers};
use crate::web::console::guard::Viewer;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/api/v1/day", get(course))
}

/// The course, column by column; each has a figure for each of `clock`.
#[derive(Debug, Serialize)]
struct Columns {
    day: String,
    zone: String,
    campaign: Option<String>,
    cap: Option<f64>,
    step_s: i64,
    begins: Vec<String>,
    clock: Vec<String>,
    dials: Vec<u64>,
    people: Vec<u64>,
    abandoned: Vec<u64>,
    people_so_far: Vec<u64>,
    abandoned_so_far: Vec<u64>,
    lines: Vec<f64>,
    talk: Vec<f64>,
    wrap_up: Vec<f64>,
    ready: Vec<f64>,
    away: Vec<f64>,
}

impl Columns {
    fn of(view: CourseView, zone: String) -> Self {
        fn column<T>(view: &CourseView, of: impl Fn(&CourseStep) -> T) -> Vec<T> {
            view.steps.iter().map(of).collect()
        }
        // Hundredths of a line or an agent tell nothing more.
        let mean = |of: fn(&CourseStep) -> f64| column(&view, |step| (of(step) * 100.0).round() / 100.0);
        Self {
            day: view.day.to_string(),
            zone,
            cap: view.cap,
            step_s: crate::stats::STEP_S,
            begins: column(&view, |step| step.begins.to_string()),
            clock: column(&view, |step| step.clock.clone()),
            dials: column(&view, |step| step.figures.dials),
            people: column(&view, |step| step.figures.people),
            abandoned: column(&view, |step| step.figures.abandoned),
            people_so_far: column(&view, |step| step.figures.people_so_far),
            abandoned_so_far: column(&view, |step| step.figures.abandoned_so_far),
            lines: mean(|step| step.figures.lines),
            talk: mean(|step| step.figures.talk),
            wrap_up: mean(|step| step.figures.wrap_up),
            ready: mean(|step| step.figures.ready),
            away: mean(|step| step.figures.away),
            campaign: view.campaign,
        }
    }
}

async fn course(
    viewer: Viewer,
    State(shared): State<Shared>,
    Query(written): Query<Written>,
) -> Result<Response, Response> {
    viewer.may(Right::SeeLive)?;
    let wish = written
        .read()
        .ok_or_else(|| Fault::field("malformed", "day is a date, 2026-03-05").into_response())?;
    let asked = shared.console.course.ask(wish).await;
    let view = asked.map_err(|fault| Fault::from(fault).into_response())?;
    let none =
        || Fault::new(StatusCode::NOT_FOUND, "no_such_campaign", "there is no such campaign").into_response();
    Ok(Json(Columns::of(view.ok_or_else(none)?, viewer.clocks.days)).into_response())
}

/// This part of the OpenAPI document; `x-right` is the cell of the rights table.
pub(in crate::web) fn document() -> Vec<(&'static str, Value)> {
    let example = json!({
        "day": "2026-03-05", "zone": "Europe/Moscow (UTC+3)", "campaign": null, "cap": 0.03, "step_s": 300,
        "begins": ["2026-03-05T06:00:00Z"], "clock": ["09:00"], "dials": [40], "people": [12], "abandoned": [0],
        "people_so_far": [12], "abandoned_so_far": [0], "lines": [7.5], "talk": [5.1], "wrap_up": [1.2], "ready": [0.7],
        "away": [1.0],
    });
    let own: [(u16, &str, &Value); 4] = [
        (200, "A figure for each step from the first in which anything happened to the last", &example),
        (403, "The role may not", &Value::Null),
        (404, "No such campaign", &Value::Null),
        (422, "No such day", &Value::Null),
    ];
    let way = json!({
        "summary": "A day in steps of five minutes: calls out, people who answered, lines, agents; today as far as it has come",
        "security": [{ "session": [] }],
        "x-right": "see_live",
        "parameters": [
            { "name": "day", "in": "query", "required": false, "schema": { "type": "string", "format": "date" },
              "description": "By the clock of the statistics; absent: today" },
            { "name": "campaign", "in": "query", "required": false, "schema": { "type": "string" },
              "description": "Absent: the whole house" },
        ],
        "responses": answers(&own),
    });
    vec![("/api/v1/day", json!({ "get": way }))]
}
