//! `/api/v1`: what other systems tell us. One file a resource; each has its routes, its words and its part of the
//! OpenAPI document.
//!
//! Whoever asks shows a bearer token, or signs what he tells (`hooks`); without a token in the configuration there is no API for the
//! former. Bodies are small, answers are
//! JSON, and a fault has a stable code: `{"fault": "id_reused", "message": "…"}`.

mod cases;
mod events;
mod fault;
mod hooks;
mod openapi;
mod payments;
mod quality;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use secrecy::SecretString;

pub use events::{EventAnswer, TellEvent};
pub(super) use fault::{Fault, read};
pub(super) use hooks::routes as hook_routes;
pub use hooks::{Hooks, Signed};
pub(super) use openapi::{answers, body, number, routes as document_routes, schema};
pub use payments::{PaymentAnswer, ReversalAnswer, TellPayment, TellReversal};
pub use quality::QualityApi;

use self::token::Token;
use super::handler::Handler;
use crate::cases::{Act, Acted, CaseFilter, CaseLine, NewCase, Number, Registered};

/// What the API is given: the secret, and who answers for each resource.
#[derive(Debug)]
pub struct Api {
    pub token: SecretString,
    pub events: Handler<TellEvent, EventAnswer>,
    pub payments: Handler<TellPayment, PaymentAnswer>,
    pub reversals: Handler<TellReversal, ReversalAnswer>,
    pub register_case: Handler<NewCase, Registered>,
    pub cases: Handler<CaseFilter, Vec<CaseLine>>,
    /// What a creditor says to a dispute.
    pub creditor_says: Handler<(Number, Act), Acted>,
    pub quality: QualityApi,
}

/// What the routes share.
type Shared = Arc<Api>;

/// The largest body, in bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// The routes below `/api/v1`, behind the token.
pub(super) fn router(api: Api) -> Router {
    let token = Token::new(&api.token);
    let routes = Router::new()
        .merge(events::routes())
        .merge(payments::routes())
        .merge(cases::routes())
        .merge(quality::routes());
    let all = Router::new().nest("/api/v1", routes.fallback(fault::nothing_here));
    all.layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(token, token::check))
        .with_state(Arc::new(api))
}
