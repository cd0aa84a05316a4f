//! `/api/v1/desk`: an agent's desk for programs. Whoever asks is signed in, as for the page; a change that another site's page
//! asks for is refused.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::civil::{Date, DateTime};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::Shared;
use super::super::guard::Viewer;
use super::act::{Decided, DeskAct, DeskAnswer, DeskDeed, PromiseAsked, Turn, Written};
use crate::call::{Desk as Wish, Whom, WishNo};
use crate::domain::{AttemptId, DebtorType, PhoneNumber, Right};
use crate::web::api::{Fault, answers, body, number, read, schema};

/// The longest note or complaint, in bytes.
const TEXT_LIMIT: usize = 8_192;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/desk", get(see))
        .route("/api/v1/desk/state", post(state))
        .route("/api/v1/desk/call", post(call))
        .route("/api/v1/desk/identity", post(identity))
        .route("/api/v1/desk/note", post(note))
        .route("/api/v1/desk/mark", post(mark))
        .route("/api/v1/desk/complaint", post(complaint))
        .route("/api/v1/desk/paid-question", post(paid_question))
        .route("/api/v1/desk/promise-check", post(promise_check))
        .route("/api/v1/desk/disposition", post(disposition))
        .route("/api/v1/desk/preview", post(preview))
        .layer(DefaultBodyLimit::max(64 * 1024))
}

/// Who asks, and about which call; without one about whichever the desk has.
struct Asker {
    viewer: Viewer,
    attempt: Option<AttemptId>,
}

#[derive(Deserialize)]
struct Of {
    attempt: Option<AttemptId>,
}

impl FromRequestParts<Shared> for Asker {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Response> {
        let viewer = Viewer::from_request_parts(parts, shared).await?;
        let of = Query::<Of>::try_from_uri(&parts.uri).map_err(|_| malformed("attempt is a number"))?;
        Ok(Self { viewer, attempt: of.0.attempt })
    }
}

async fn see(viewer: Viewer, State(shared): State<Shared>) -> Result<Response, Response> {
    viewer.may(Right::WorkDesk)?;
    let asked = shared.console.desk.view.ask((viewer.login, viewer.language)).await;
    match asked.map_err(|fault| Fault::from(fault).into_response())? {
        Some(view) => Ok(Json(view).into_response()),
        None => Err(refused(&DeskAnswer::NoDesk, viewer.language)),
    }
}

/// Does what was asked for, or tells every reason why not.
async fn act(asker: Asker, shared: &Shared, act: DeskAct) -> Result<Response, Response> {
    let Asker { viewer, attempt } = asker;
    let language = viewer.language;
    let asked = shared.console.desk.act.ask(DeskDeed { agent: viewer.login, attempt, act }).await;
    match asked.map_err(|fault| Fault::from(fault).into_response())? {
        DeskAnswer::Done => Ok(Json(json!({ "done": true })).into_response()),
        DeskAnswer::UnderWay => Ok((StatusCode::ACCEPTED, Json(json!({ "done": false }))).into_response()),
        answer => Err(refused(&answer, language)),
    }
}

fn refused(answer: &DeskAnswer, language: crate::domain::Language) -> Response {
    let status = match answer {
        DeskAnswer::NoDesk | DeskAnswer::NoCall => StatusCode::NOT_FOUND,
        DeskAnswer::Amount | DeskAnswer::Form(_) | DeskAnswer::NoSuchCode => StatusCode::UNPROCESSABLE_ENTITY,
        DeskAnswer::ReasonWanted => StatusCode::UNPROCESSABLE_ENTITY,
        DeskAnswer::Wish(WishNo::NoSuchAgent | WishNo::NoSuchQueue | WishNo::NumberRefused) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        DeskAnswer::Done | DeskAnswer::CallIsOn | DeskAnswer::NoCampaign => StatusCode::CONFLICT,
        DeskAnswer::NotCalled(_) | DeskAnswer::UnderWay => StatusCode::CONFLICT,
        DeskAnswer::IdentityFirst | DeskAnswer::NotYours | DeskAnswer::Wish(_) => StatusCode::CONFLICT,
        DeskAnswer::NothingOwed | DeskAnswer::NoteChanged => StatusCode::CONFLICT,
        DeskAnswer::OtherCall | DeskAnswer::State(_) | DeskAnswer::WrittenBefore => StatusCode::CONFLICT,
    };
    let all = answer.refusals(language);
    let (fault, message) = all.first().cloned().unwrap_or((String::from("refused"), String::new()));
    let why: Vec<_> = all.iter().map(|(code, text)| json!({ "code": code, "message": text })).collect();
    (status, Json(json!({ "fault": fault, "message": message, "why": why }))).into_response()
}

type Read = Result<Bytes, BytesRejection>;

/// Reads a body for whoever has a desk.
fn body_of<T: serde::de::DeserializeOwned>(asker: &Asker, bytes: Read) -> Result<T, Response> {
    asker.viewer.may(Right::WorkDesk)?;
    read(bytes).map_err(Fault::into_response)
}

fn malformed(message: &str) -> Response {
    Fault::field("malformed", message).into_response()
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct StateBody {
    /// `logged_in`, `ready`, `away`, `logged_out`.
    to: String,
    /// With `away`: the pause's code.
    pause: Option<String>,
}

async fn state(asker: Asker, State(shared): State<Shared>, bytes: Read) -> Result<Response, Response> {
    let asked: StateBody = body_of(&asker, bytes)?;
    let turn = match (asked.to.as_str(), asked.pause) {
        ("logged_in", None) => Turn::LoggedIn,
        ("logged_out", None) => Turn::LoggedOut,
        ("ready", None) => Turn::Ready,
        ("away", Some(pause)) => Turn::Away(pause),
        _ => return Err(malformed("to is logged_in, ready, logged_out, or away with a pause")),
    };
    act(asker, &shared, DeskAct::Turn(turn)).await
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CallBody {
    /// `hold`, `resume`, `mute`, `unmute`, `hang_up`, `transfer`, `consult`, `join`, `complete`, `return`,
    /// `pause_recording`, `resume_recording`.
    r#do: String,
    /// With `transfer` and `consult`: `agent:LOGIN`, `queue:NAME`, or `number:+E164` of the house's list or
    /// of the creditor's hotline (`call.debt.hotline` of the desk).
    to: Option<String>,
}

async fn call(asker: Asker, State(shared): State<Shared>, bytes: Read) -> Result<Response, Response> {
    let asked: CallBody = body_of(&asker, bytes)?;
    let whom = asked.to.as_deref().map(|to| match to.split_once(':') {
        Some(("agent", login)) if !login.is_empty() => Ok(Whom::Agent(login.to_owned())),
        Some(("queue", name)) if !name.is_empty() => Ok(Whom::Queue(name.to_owned())),
        Some(("number", number)) => {
            PhoneNumber::parse(number).map(Whom::Outside).map_err(|_| malformed("a number is +E164"))
        }
        _ => Err(malformed("to is agent:LOGIN, queue:NAME or number:+E164")),
    });
    let wish = match (asked.r#do.as_str(), whom.transpose()?) {
        ("hold", None) => Wish::Hold,
        ("resume", None) => Wish::Resume,
        ("mute", None) => Wish::Mute(true),
        ("unmute", None) => Wish::Mute(false),
        ("hang_up", None) => Wish::HangUp,
        ("pause_recording", None) => Wish::Record(false),
        ("resume_recording", None) => Wish::Record(true),
        ("join", None) => Wish::Join,
        ("complete", None) => Wish::Complete,
        ("return", None) => Wish::Return,
        ("transfer", Some(whom)) => Wish::Transfer(whom),
        ("consult", Some(whom)) => Wish::Consult(whom),
        _ => return Err(malformed("no such wish, or it wants somebody to go to, or wants nobody")),
    };
    act(asker, &shared, DeskAct::Call(wish)).await
}

async fn identity(asker: Asker, State(shared): State<Shared>) -> Result<Response, Response> {
    asker.viewer.may(Right::WorkDesk)?;
    act(asker, &shared, DeskAct::Identify).await
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TextBody {
    text: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NoteBody {
    text: String,
    /// The note that is written over; where another one stands there meanwhile, that stays (`note_changed`).
    was: Option<String>,
}

fn not_too_long(text: String) -> Result<String, Response> {
    if text.len() > TEXT_LIMIT { Err(malformed("text has 8192 bytes at most")) } else { Ok(text) }
}

async fn note(asker: Asker, State(shared): State<Shared>, bytes: Read) -> Result<Response, Response> {
    let NoteBody { text, was } = body_of(&asker, bytes)?;
    let text = not_too_long(text)?;
    act(asker, &shared, DeskAct::Note { text, was }).await
}

async fn complaint(asker: Asker, State(shared): State<Shared>, bytes: Read) -> Result<Response, Response> {
    let text = not_too_long(body_of::<TextBody>(&asker, bytes)?.text)?;
    act(asker, &shared, DeskAct::Complain(text)).await
}

async fn paid_question(asker: Asker, State(shared): State<Shared>) -> Result<Response, Response> {
    asker.viewer.may(Right::WorkDesk)?;
    act(asker, &shared, DeskAct::AskPaid).await
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MarkBody {
    /// `objection`, `stage` or `trigger`.
    kind: String,
    /// With `objection` and `stage`: its code.
    code: Option<String>,
}

async fn mark(asker: Asker, State(shared): State<Shared>, bytes: Read) -> Result<Response, Response> {
    let asked: MarkBody = body_of(&asker, bytes)?;
    let deed = match (asked.kind.as_str(), asked.code) {
        ("objection", Some(code)) => DeskAct::Objection(code),
        ("stage", Some(code)) => DeskAct::Stage(code),
        ("trigger", None) => DeskAct::Trigger,
        _ => return Err(malformed("kind is objection or stage with a code, or trigger")),
    };
    act(asker, &shared, deed).await
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PromiseBody {
    /// The promised day, such as `2026-12-05`.
    #[schemars(with = "String")]
    on: Date,
    /// As text, such as "1234.50".
    amount: String,
}

impl PromiseBody {
    fn asked(self) -> PromiseAsked {
        PromiseAsked { on: self.on, amount: self.amount }
    }
}

async fn promise_check(
    asker: Asker,
    State(shared): State<Shared>,
    bytes: Read,
) -> Result<Response, Response> {
    let asked = body_of::<PromiseBody>(&asker, bytes)?.asked();
    act(asker, &shared, DeskAct::Check(asked)).await
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DispositionBody {
    /// The house's code of the disposition.
    code: String,
    promise: Option<PromiseBody>,
    /// When to call again, on the debtor's own clock, such as `2026-12-05T18:00`.
    #[schemars(with = "Option<String>")]
    callback: Option<DateTime>,
    /// The agreed call is to be one's own.
    #[serde(default)]
    callback_is_mine: bool,
    /// Why it was not paid: the house's code.
    reason: Option<String>,
    /// The debtor's type as the talk showed it.
    debtor_type: Option<DebtorType>,
    note: Option<String>,
    /// Ready for the next call at once.
    #[serde(default)]
    ready: bool,
}

async fn disposition(asker: Asker, State(shared): State<Shared>, bytes: Read) -> Result<Response, Response> {
    let asked: DispositionBody = body_of(&asker, bytes)?;
    if asked.note.as_ref().is_some_and(|note| note.len() > TEXT_LIMIT) {
        return Err(malformed("note has 8192 bytes at most"));
    }
    let written = Written {
        code: asked.code,
        promise: asked.promise.map(PromiseBody::asked),
        callback: asked.callback,
        callback_is_mine: asked.callback_is_mine,
        reason: asked.reason,
        debtor_type: asked.debtor_type,
        note: asked.note,
        ready: asked.ready,
    };
    act(asker, &shared, DeskAct::Dispose(Box::new(written))).await
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PreviewBody {
    /// `call`, `skip`, `not_now`.
    decide: String,
    /// With `skip`: why.
    reason: Option<String>,
}

async fn preview(asker: Asker, State(shared): State<Shared>, bytes: Read) -> Result<Response, Response> {
    let asked: PreviewBody = body_of(&asker, bytes)?;
    let decided = match (asked.decide.as_str(), asked.reason.as_deref().map(str::trim)) {
        ("call", None) => Decided::Call,
        ("not_now", None) => Decided::NotNow,
        ("skip", Some(reason)) if (1..=512).contains(&reason.len()) => Decided::Skip(reason.to_owned()),
        ("skip", None | Some("")) => return Err(refused(&DeskAnswer::ReasonWanted, asker.viewer.language)),
        _ => return Err(malformed("decide is call, not_now, or skip with a reason")),
    };
    act(asker, &shared, DeskAct::Preview(decided)).await
}

/// The resources' parts of the OpenAPI document. `x-right` is the cell of the rights table.
pub(in crate::web) fn document() -> Vec<(&'static str, Value)> {
    let done = json!({ "done": true });
    let own: [(u16, &str, &Value); 5] = [
        (200, "Done", &done),
        (403, "The role has no desk", &Value::Null),
        (404, "No agent works under this login, or there is no call", &Value::Null),
        (409, "Not now: the code says why", &Value::Null),
        (422, "Never: the code says why", &Value::Null),
    ];
    let deed = |summary: &str, schema: Option<schemars::Schema>| {
        let mut post = json!({
            "summary": summary,
            "security": [{ "session": [] }],
            "x-right": "work_desk",
            "parameters": [{
                "name": "attempt",
                "in": "query",
                "description": "The call that is meant: refused where the desk has another one meanwhile",
                "schema": number(),
            }],
            "responses": answers(&own),
        });
        if let Some(schema) = schema {
            post["requestBody"] = body(schema);
        }
        json!({ "post": post })
    };
    let seen = |summary: &str| {
        json!({ "get": {
            "summary": summary,
            "security": [{ "session": [] }],
            "x-right": "work_desk",
            "responses": answers(&own),
        } })
    };
    let mut preview = deed(
        "Decide of somebody shown; to call him is answered when his phone is dialled, or refused with the reason why not",
        Some(schema::<PreviewBody>()),
    );
    preview["post"]["responses"]["202"] = json!({
        "description": "He is not dialled yet; the event not_called tells where he is not to be",
        "content": { "application/json": { "example": { "done": false } } },
    });
    let mut resources = vec![
        ("/api/v1/desk", seen("The desk: state, call, figures; nothing of the debt before identity")),
        (
            "/api/v1/desk/events",
            seen(
                "Server-sent events: state, call, identified, paid, preview, not_called, note, wrap_up, overrun, recording, reset",
            ),
        ),
        ("/api/v1/desk/state", deed("Change one's state", Some(schema::<StateBody>()))),
        (
            "/api/v1/desk/call",
            deed("Hold, mute, silence the recording, hand on, hang up", Some(schema::<CallBody>())),
        ),
        ("/api/v1/desk/identity", deed("The debtor has said who he is", None)),
        ("/api/v1/desk/note", deed("Keep the note", Some(schema::<NoteBody>()))),
        ("/api/v1/desk/mark", deed("Mark an objection, a stage, a trigger", Some(schema::<MarkBody>()))),
        ("/api/v1/desk/complaint", deed("Open a case and stop automatic calls", Some(schema::<TextBody>()))),
        (
            "/api/v1/desk/paid-question",
            deed("He says that he has paid: ask the creditor (call.debt.question has what came of it)", None),
        ),
        ("/api/v1/desk/promise-check", deed("Would this promise be taken?", Some(schema::<PromiseBody>()))),
        (
            "/api/v1/desk/disposition",
            deed(
                "Write the call up; a promise, a time or a reason that the disposition does not take is refused (422)",
                Some(schema::<DispositionBody>()),
            ),
        ),
        ("/api/v1/desk/preview", preview),
    ];
    resources.extend(super::sound::document());
    resources
}
