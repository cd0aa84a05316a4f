//! `POST /api/v1/hooks/NAME/payments` and `/reversals`: a creditor's own system tells his money by signed webhooks.
//!
//! They show no token: each is signed by the key of `[api.hook.NAME]` (Standard Webhooks 1.0), and what it tells is money of
//! that hook's creditor. Whoever signs otherwise, too late, or for a hook that is none hears the same.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use axum::{RequestPartsExt, Router};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::BODY_LIMIT;
use super::fault::{Fault, parsed, whole};
use super::openapi::{body, schema};
use super::payments::{
    PaymentBody, ReversalBody, TellPayment, TellReversal, payment_answers, payment_told, reversal_answers,
    reversal_told,
};
use super::{PaymentAnswer, ReversalAnswer};
use crate::web::handler::Handler;

/// Who answers for the hooks.
#[derive(Debug)]
pub struct Hooks {
    /// Whose hook it is, where it is signed by the hook's key and new.
    pub check: Handler<Signed, Option<String>>,
    pub payments: Handler<TellPayment, PaymentAnswer>,
    pub reversals: Handler<TellReversal, ReversalAnswer>,
}

/// A message as it came.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The hook's name in the address.
    pub hook: String,
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`, seconds since 1970.
    pub unix_s: i64,
    /// `webhook-signature`: one or more, with spaces between.
    pub signatures: String,
    pub body: Bytes,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct HookPayment {
    /// The creditor's id of the payment: told twice, it changes nothing.
    id: String,
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

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct HookReversal {
    /// The id by which the payment was told.
    payment: String,
    /// Why it went back: bounced, charged back.
    why: String,
    /// When it went back (RFC 3339); now where absent.
    #[schemars(with = "Option<String>")]
    reversed_at: Option<Timestamp>,
}

pub(in crate::web) fn routes(hooks: Hooks) -> Router {
    Router::new()
        .route("/api/v1/hooks/{hook}/payments", post(pay))
        .route("/api/v1/hooks/{hook}/reversals", post(reverse))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(Arc::new(hooks))
}

async fn pay(State(hooks): State<Arc<Hooks>>, told: Told) -> Result<Response, Fault> {
    let HookPayment { id, debt, amount, currency, paid_at } = parsed(&told.body)?;
    let told = PaymentBody { id, creditor: told.creditor, debt, amount, currency, paid_at }.check()?;
    payment_told(hooks.payments.ask(told).await?)
}

async fn reverse(State(hooks): State<Arc<Hooks>>, told: Told) -> Result<Response, Fault> {
    let HookReversal { payment, why, reversed_at } = parsed(&told.body)?;
    let told = ReversalBody { creditor: told.creditor, payment, why, reversed_at }.check()?;
    reversal_told(hooks.reversals.ask(told).await?)
}

/// What a hook is told, signed by its key.
struct Told {
    creditor: String,
    body: Bytes,
}

impl FromRequest<Arc<Hooks>> for Told {
    type Rejection = Fault;

    async fn from_request(request: Request, hooks: &Arc<Hooks>) -> Result<Self, Fault> {
        let (mut parts, body) = request.into_parts();
        let hook = parts.extract::<Path<String>>().await;
        let headers = parts.headers.clone();
        let body = whole(Bytes::from_request(Request::from_parts(parts, body), hooks).await)?;
        let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let message = || {
            Some(Signed {
                hook: hook.ok()?.0,
                id: said("webhook-id")?.to_owned(),
                unix_s: said("webhook-timestamp")?.parse().ok()?,
                signatures: said("webhook-signature")?.to_owned(),
                body: body.clone(),
            })
        };
        let creditor = match message() {
            Some(message) => hooks.check.ask(message).await?,
            None => None,
        };
        creditor.map(|creditor| Self { creditor, body }).ok_or_else(not_signed)
    }
}

fn not_signed() -> Fault {
    Fault::new(
        StatusCode::UNAUTHORIZED,
        "not_signed",
        "sign it by the hook's key: webhook-id, webhook-timestamp (not five minutes off), webhook-signature",
    )
}

/// The hooks' parts of the OpenAPI document.
pub(super) fn documents() -> [(&'static str, Value); 2] {
    let hook = |summary: &str, schema, answers: Value| {
        let header = |name: &str, says: &str| json!({ "name": name, "in": "header", "required": true, "schema": { "type": "string" }, "description": says });
        json!({ "post": {
            "summary": summary,
            "description": "Signed by Standard Webhooks 1.0 with the key of `[api.hook.NAME]`, whose creditor's money it is. \
                            Told twice, it changes nothing.",
            "security": [{ "signature": [] }],
            "parameters": [
                { "name": "hook", "in": "path", "required": true, "schema": { "type": "string" }, "description": "The hook's name" },
                header("webhook-id", "The message's id"),
                header("webhook-timestamp", "When it was sent, seconds since 1970; five minutes off at most"),
            ],
            "requestBody": body(schema),
            "responses": answers,
        } })
    };
    [
        (
            "/api/v1/hooks/{hook}/payments",
            hook("Tell a payment by a signed webhook", schema::<HookPayment>(), payment_answers()),
        ),
        (
            "/api/v1/hooks/{hook}/reversals",
            hook("Take a payment back by a signed webhook", schema::<HookReversal>(), reversal_answers()),
        ),
    ]
}
