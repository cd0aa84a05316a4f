//! `POST /api/v1/payments`: money that came in; the debt is not called about any more.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use jiff::Timestamp;
use schemars::{JsonSchema, schema_for};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::fault::{Fault, filled, read};
use super::openapi::{answers, body};
use crate::domain::Currency;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PaymentBody {
    /// The payment's own id: told twice, it changes nothing.
    id: String,
    /// The creditor's name, as in the lists.
    creditor: String,
    /// The debt's id at the creditor.
    debt: String,
    /// As text, such as "1234.50".
    amount: String,
    /// ISO 4217; RUB where absent.
    currency: Option<String>,
    /// When it was paid (RFC 3339); now where absent.
    #[schemars(with = "Option<String>")]
    paid_at: Option<Timestamp>,
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

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentAnswer {
    /// The amount is none.
    Amount,
    /// Another payment was told by this id.
    Differs,
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
    Router::new().route("/payments", post(tell))
}

async fn tell(State(api): State<Shared>, bytes: Result<Bytes, BytesRejection>) -> Result<Response, Fault> {
    let told = read::<PaymentBody>(bytes)?.check()?;
    let recorded = |status, answer: Value| Ok((status, Json(answer)).into_response());
    match api.payments.ask(told).await? {
        PaymentAnswer::Recorded { closed } => {
            recorded(StatusCode::CREATED, json!({ "recorded": "new", "debt_paid": closed }))
        }
        PaymentAnswer::Known => recorded(StatusCode::OK, json!({ "recorded": "known" })),
        PaymentAnswer::Amount => {
            Err(Fault::field("malformed", "amount is a sum above 0 such as \"1234.50\""))
        }
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

impl PaymentBody {
    fn check(self) -> Result<TellPayment, Fault> {
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

/// The resource's part of the OpenAPI document.
pub(super) fn document() -> (&'static str, Value) {
    let recorded = json!({ "recorded": "new", "debt_paid": true });
    let post = json!({
        "summary": "Tell a payment",
        "description": "Once the payments reach the amount the debt is paid: what is queued about it is done, and a \
                        ringing call is taken back within a second.",
        "requestBody": body(schema_for!(PaymentBody)),
        "responses": answers(&[
            (201, "Recorded", &recorded),
            (200, "Known already; nothing was changed", &json!({ "recorded": "known" })),
            (404, "The creditor has no debt of that id", &Value::Null),
            (409, "Another payment was told by this id before, or the debt is in another currency", &Value::Null),
        ]),
    });
    ("/api/v1/payments", json!({ "post": post }))
}
