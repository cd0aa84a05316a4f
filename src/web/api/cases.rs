//! `/api/v1/complaints`: complaints and disputes that other systems hear of: mail, chat, the hotline, a regulator's portal.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::fault::{Fault, filled, read};
use super::openapi::{answers, body, schema};
use crate::cases::{
    Act, Acted, CaseFilter, CaseLine, Kind, LONGEST_WORDS, NewCase, Number, Registered, Source,
};
use crate::domain::AttemptId;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CaseBody {
    /// The case's own id there: told twice, it is one case. Each source has its own ids; where a creditor is named, he has.
    id: String,
    /// ordinary, personal_data, regulator, dispute or written_dispute.
    kind: String,
    /// chat, creditor, email, hotline, mail or regulator.
    source: String,
    /// His id in the lists, or his number (+…). Without it the case is registered, and nobody is held.
    person: Option<String>,
    /// The debt's id at the creditor. A dispute without it holds all his debts.
    debt: Option<String>,
    /// The creditor's name, as in the lists, where two of his debts have one id, or where the id is the creditor's own.
    creditor: Option<String>,
    /// The call it is about.
    attempt: Option<i64>,
    /// When it was received (RFC 3339); now where absent.
    #[schemars(with = "Option<String>")]
    received_at: Option<Timestamp>,
    /// What he says.
    #[schemars(length(min = 1, max = LONGEST_WORDS))]
    text: String,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/complaints", post(tell).get(list))
        .route("/complaints/{number}", get(one))
        .route("/complaints/{number}/creditor", post(creditor))
}

async fn tell(State(api): State<Shared>, bytes: Result<Bytes, BytesRejection>) -> Result<Response, Fault> {
    let told = read::<CaseBody>(bytes)?.check()?;
    let answer = |status, number: Number, word| (status, Json(json!({ "recorded": word, "number": number })));
    let fault = |code, said: &str| Err(Fault::new(StatusCode::NOT_FOUND, code, said));
    match api.register_case.ask(told).await? {
        Registered::New { number, held } => {
            let said = json!({ "recorded": "new", "number": number, "held": held });
            Ok((StatusCode::CREATED, Json(said)).into_response())
        }
        Registered::Known { number } => Ok(answer(StatusCode::OK, number, "known").into_response()),
        Registered::Differs => {
            Err(Fault::new(StatusCode::CONFLICT, "id_reused", "another case was told by this id before"))
        }
        Registered::InFuture => Err(Fault::field("in_future", "received_at lies in the future")),
        Registered::TooLong => {
            Err(Fault::field("malformed", format!("text has 1 to {LONGEST_WORDS} letters")))
        }
        Registered::TooOld => Err(Fault::field("too_old", "received_at lies more than ten years back")),
        Registered::NoAttempt => fault("no_attempt", "there is no such call of his"),
        Registered::NoDebt => fault("no_debt", "he has no such debt, or it is not said whose it is"),
        Registered::NoPerson => fault("no_person", "nobody has this id or number"),
        Registered::Several => {
            Err(Fault::new(StatusCode::CONFLICT, "several_persons", "several persons share this number"))
        }
    }
}

/// What the creditor says to the question that a dispute is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreditorBody {
    /// Whether the debt is owed as it stands. If not, the debtor was right, and he is not called about it; once that is said of
    /// every debt in dispute the case is closed.
    owed: bool,
    /// The debt's id at the creditor; needed with `creditor`, or that alone, where the dispute is about several debts.
    debt: Option<String>,
    /// The creditor's name, as in the lists. Without a debt he speaks of all that is owed to him.
    creditor: Option<String>,
    /// Why: what was looked up, what was paid.
    #[schemars(length(min = 1, max = LONGEST_WORDS))]
    text: String,
}

async fn creditor(
    State(api): State<Shared>,
    Path(number): Path<String>,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Response, Fault> {
    let no_case = || Fault::new(StatusCode::NOT_FOUND, "no_case", "there is no such case");
    let number = Number::parse(&number).ok_or_else(no_case)?;
    let said = read::<CreditorBody>(bytes)?;
    let text = words(&said.text)?;
    let optional = |field, text: Option<String>| text.map(|text| filled(field, &text)).transpose();
    let (debt, creditor) = (optional("debt", said.debt)?, optional("creditor", said.creditor)?);
    let act = Act::Creditor { owed: said.owed, debt, creditor, text };
    match api.creditor_says.ask((number, act)).await? {
        Acted::Done(state) => Ok(Json(json!({ "number": number, "state": state.code() })).into_response()),
        Acted::NoCase => Err(no_case()),
        Acted::Refused(why) => {
            Err(Fault::new(StatusCode::CONFLICT, why.code(), why.text(crate::domain::Language::En)))
        }
    }
}

async fn list(State(api): State<Shared>) -> Result<Response, Fault> {
    let cases = api.cases.ask(CaseFilter::default()).await?;
    Ok(Json(cases.iter().map(line).collect::<Vec<_>>()).into_response())
}

async fn one(State(api): State<Shared>, Path(number): Path<String>) -> Result<Response, Fault> {
    let wanted = Number::parse(&number);
    let cases = api.cases.ask(CaseFilter { closed: true, ..CaseFilter::default() }).await?;
    let found = cases.iter().find(|case| Some(case.number) == wanted);
    let found = found.ok_or_else(|| Fault::new(StatusCode::NOT_FOUND, "no_case", "there is no such case"))?;
    Ok(Json(line(found)).into_response())
}

/// A case as other systems read it: how it stands, not what was said.
fn line(case: &CaseLine) -> Value {
    json!({
        "number": case.number,
        "kind": case.kind.code(),
        "source": case.source.code(),
        "state": case.state.code(),
        "owner": case.owner,
        "received_at": case.received,
        "due_at": case.due,
        "person": case.person,
        "debt": case.debt,
        "creditor": case.creditor,
        "attempt": case.attempt.map(|attempt| attempt.0),
        "creditor_due_at": case.asked_due,
        "creditor_told": case.asked_due.map(|_| case.asked_told),
        "creditor_says_owed": case.creditor_says_owed,
        "says_paid": case.says_paid,
        "closed_at": case.closed_at,
        "justified": case.justified,
    })
}

/// The words of a case or of an answer: as long as every other way takes them.
fn words(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_WORDS {
        return Err(Fault::field("malformed", format!("text has 1 to {LONGEST_WORDS} letters")));
    }
    Ok(text.to_owned())
}

impl CaseBody {
    fn check(self) -> Result<NewCase, Fault> {
        let one_of =
            |field: &str, codes: String| Fault::field("malformed", format!("{field} is one of: {codes}"));
        let kind =
            Kind::parse(&self.kind).ok_or_else(|| one_of("kind", Kind::ALL.map(Kind::code).join(", ")))?;
        let source = Source::parse(&self.source).filter(|source| Source::OUTSIDE.contains(source));
        let source = source.ok_or_else(|| one_of("source", Source::OUTSIDE.map(Source::code).join(", ")))?;
        let text = words(&self.text)?;
        let optional = |field, text: Option<String>| text.map(|text| filled(field, &text)).transpose();
        Ok(NewCase {
            kind,
            source,
            person: optional("person", self.person)?,
            debt: optional("debt", self.debt)?,
            creditor: optional("creditor", self.creditor)?,
            attempt: self.attempt.map(AttemptId),
            // The daemon's clock says when.
            received: self.received_at.unwrap_or(Timestamp::MAX),
            text,
            outside_id: Some(filled("id", &self.id)?),
        })
    }
}

/// The resource's parts of the OpenAPI document.
pub(super) fn documents() -> [(&'static str, Value); 3] {
    let recorded = json!({ "recorded": "new", "number": "C-000017", "held": true });
    let case = json!({ "number": "C-000017", "kind": "ordinary", "state": "in_work", "due_at": "2026-12-10T21:00:00Z" });
    let post = json!({
        "summary": "Register a complaint or a dispute",
        "description": "Whoever it is about is not called automatically from now on, until somebody closes the case by hand.",
        "requestBody": body(schema::<CaseBody>()),
        "responses": answers(&[
            (201, "Registered", &recorded),
            (200, "Known already; nothing was changed", &json!({ "recorded": "known", "number": "C-000017" })),
            (404, "Nobody has this id or number, or he has no such debt or call; nothing was registered", &Value::Null),
            (409, "Another case was told by this id before, or several persons share the number", &Value::Null),
        ]),
    });
    let get = json!({ "summary": "The open cases, the overdue ones first", "responses": answers(&[(200, "The cases", &json!([case]))]) });
    let one = json!({
        "summary": "How a case stands",
        "parameters": [{ "name": "number", "in": "path", "required": true, "schema": { "type": "string" } }],
        "responses": answers(&[(200, "The case", &case), (404, "There is no such case", &Value::Null)]),
    });
    let number =
        json!([{ "name": "number", "in": "path", "required": true, "schema": { "type": "string" } }]);
    let creditor = json!({
        "summary": "Tell what the creditor says to a dispute",
        "description": "`owed: false`: the debtor was right; said of every debt in dispute it closes the case. `owed: true` upholds the debt, and the case goes on.",
        "parameters": number,
        "requestBody": body(schema::<CreditorBody>()),
        "responses": answers(&[
            (200, "Written down", &json!({ "number": "C-000017", "state": "closed" })),
            (404, "There is no such case", &Value::Null),
            (409, "The case is closed, no dispute, not about this debt, or about several and none is named", &Value::Null),
        ]),
    });
    [
        ("/api/v1/complaints/{number}/creditor", json!({ "post": creditor })),
        ("/api/v1/complaints", json!({ "post": post, "get": get })),
        ("/api/v1/complaints/{number}", json!({ "get": one })),
    ]
}
