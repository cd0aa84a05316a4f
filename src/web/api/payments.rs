//! `POST /api/v1/payments`: money that came in; the debt is not called about any more. And `/payments/reversals`: money that
//! went back.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::fault::{Fault, filled, read};
use super::openapi::{answers, body, schema};
use crate::domain::Currency;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PaymentBody {
    /// The creditor's id of the payment: told twice, it changes nothing.
    pub id: String,
    /// The creditor's name, as in the lists.
    pub creditor: String,
    /// The debt's id at the creditor.
    pub debt: String,
    /// As text, such as "1234.50".
    pub amount: String,
    /// ISO 4217; RUB where absent.
    pub currency: Option<String>,
    /// When it was paid (RFC 3339); now where absent.
    #[schemars(with = "Option<String>")]
    pub paid_at: Option<Timestamp>,
}

/// A payment that was read and checked but for its amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TellPayment {
    pub id: String,
    pub creditor: String,
    pub debt: String,
    /// As it was written.
    pub amount: String,
    pub currency: Currency,
    pub paid_at: Option<Timestamp>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReversalBody {
    /// The creditor's name, as in the lists.
    pub creditor: String,
    /// The id by which the payment was told.
    pub payment: String,
    /// Why it went back: bounced, charged back.
    pub why: String,
    /// When it went back (RFC 3339); now where absent.
    #[schemars(with = "Option<String>")]
    pub reversed_at: Option<Timestamp>,
}

/// A payment that is to be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TellReversal {
    pub creditor: String,
    pub payment: String,
    pub why: String,
    pub at: Option<Timestamp>,
}

/// What became of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReversalAnswer {
    /// It is dated before its payment.
    BeforePayment,
    InFuture,
    /// It was taken back before.
    Known,
    /// The creditor told no payment by that id.
    NoPayment,
    Recorded {
        /// The debt was paid and is owed again.
        opened: bool,
    },
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentAnswer {
    /// The amount is none.
    Amount,
    /// It was paid more than a year before the debt was due.
    BeforeDebt,
    /// Another payment was told by this id.
    Differs,
    InFuture,
    /// It was told before.
    Known,
    /// The creditor has no debt of that id.
    NoDebt,
    /// The debt is in another currency.
    OtherCurrency,
    Recorded {
        /// The debt is paid in full.
        closed: bool,
    },
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/payments", post(tell)).route("/payments/reversals", post(reverse))
}

async fn tell(State(api): State<Shared>, bytes: Result<Bytes, BytesRejection>) -> Result<Response, Fault> {
    let told = read::<PaymentBody>(bytes)?.check()?;
    payment_told(api.payments.ask(told).await?)
}

/// What whoever told it hears.
pub(super) fn payment_told(answer: PaymentAnswer) -> Result<Response, Fault> {
    let recorded = |status, answer: Value| Ok((status, Json(answer)).into_response());
    match answer {
        PaymentAnswer::Recorded { closed } => {
            recorded(StatusCode::CREATED, json!({ "recorded": "new", "debt_paid": closed }))
        }
        PaymentAnswer::Known => recorded(StatusCode::OK, json!({ "recorded": "known" })),
        PaymentAnswer::Amount => {
            Err(Fault::field("malformed", "amount is a sum above 0 such as \"1234.50\""))
        }
        PaymentAnswer::InFuture => Err(Fault::field("in_future", IN_FUTURE)),
        PaymentAnswer::BeforeDebt => Err(Fault::field(
            "before_debt",
            "paid_at is more than a year before the debt was due: the date is wrong, or another debt is meant",
        )),
        PaymentAnswer::Differs => {
            Err(Fault::new(StatusCode::CONFLICT, "id_reused", "another payment was told by this id before"))
        }
        PaymentAnswer::OtherCurrency => Err(Fault::new(
            StatusCode::CONFLICT,
            "other_currency",
            "the debt is in another currency than the payment",
        )),
        PaymentAnswer::NoDebt => {
            Err(Fault::new(StatusCode::NOT_FOUND, "no_debt", "the creditor has no debt of that id"))
        }
    }
}

const IN_FUTURE: &str = "it lies in the future: money is told once it has moved";

async fn reverse(State(api): State<Shared>, bytes: Result<Bytes, BytesRejection>) -> Result<Response, Fault> {
    let told = read::<ReversalBody>(bytes)?.check()?;
    reversal_told(api.reversals.ask(told).await?)
}

/// What whoever told it hears.
pub(super) fn reversal_told(answer: ReversalAnswer) -> Result<Response, Fault> {
    match answer {
        ReversalAnswer::Recorded { opened } => {
            let said = json!({ "recorded": "new", "debt_opened": opened });
            Ok((StatusCode::CREATED, Json(said)).into_response())
        }
        ReversalAnswer::Known => Ok(Json(json!({ "recorded": "known" })).into_response()),
        ReversalAnswer::BeforePayment => {
            Err(Fault::field("before_payment", "reversed_at lies before the payment it takes back"))
        }
        ReversalAnswer::InFuture => Err(Fault::field("in_future", IN_FUTURE)),
        ReversalAnswer::NoPayment => Err(Fault::new(
            StatusCode::NOT_FOUND,
            "no_payment",
            "the creditor has told no payment by that id",
        )),
    }
}

impl ReversalBody {
    pub fn check(self) -> Result<TellReversal, Fault> {
        Ok(TellReversal {
            creditor: filled("creditor", &self.creditor)?,
            payment: filled("payment", &self.payment)?,
            why: filled("why", &self.why)?,
            at: self.reversed_at,
        })
    }
}

impl PaymentBody {
    pub fn check(self) -> Result<TellPayment, Fault> {
        let currency = match self.currency.as_deref() {
            None => Currency::Rub,
            Some(code) => Currency::parse(code)
                .ok_or_else(|| Fault::field("malformed", "currency is one of: RUB, KZT, USD, EUR"))?,
        };
        Ok(TellPayment {
            id: filled("id", &self.id)?,
            creditor: filled("creditor", &self.creditor)?,
            debt: filled("debt", &self.debt)?,
            amount: filled("amount", &self.amount)?,
            currency,
            paid_at: self.paid_at,
        })
    }
}

/// The resource's parts of the OpenAPI document.
pub(super) fn documents() -> [(&'static str, Value); 2] {
    let post = json!({
        "summary": "Tell a payment",
        "description": "Once the payments reach the amount the debt is paid: what is queued about it is done, and a \
                        ringing call is taken back within a second.",
        "requestBody": body(schema::<PaymentBody>()),
        "responses": payment_answers(),
    });
    let reverse = json!({
        "summary": "Take a payment back",
        "description": "It bounced or was charged back: what it paid is owed again, and promises are judged anew.",
        "requestBody": body(schema::<ReversalBody>()),
        "responses": reversal_answers(),
    });
    [
        ("/api/v1/payments", json!({ "post": post })),
        ("/api/v1/payments/reversals", json!({ "post": reverse })),
    ]
}

pub(super) fn payment_answers() -> Value {
    answers(&[
        (201, "Recorded", &json!({ "recorded": "new", "debt_paid": true })),
        (200, "Known already; nothing was changed", &json!({ "recorded": "known" })),
        (404, "The creditor has no debt of that id", &Value::Null),
        (409, "Another payment was told by this id before, or the debt is in another currency", &Value::Null),
        (422, "The time lies in the future, or more than a year before the debt was due", &Value::Null),
    ])
}

pub(super) fn reversal_answers() -> Value {
    answers(&[
        (201, "Recorded", &json!({ "recorded": "new", "debt_opened": true })),
        (200, "Taken back already; nothing was changed", &json!({ "recorded": "known" })),
        (404, "The creditor has told no payment by that id", &Value::Null),
    ])
}
