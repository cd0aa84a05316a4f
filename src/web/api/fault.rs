//! Faults of the API: a status, a stable code, and a sentence.

use crate::web::handler::Unavailable;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::json;

/// Why a request was not carried out. It tells nothing of a debtor that was not in the request.
#[derive(Debug)]
pub(in crate::web) struct Fault {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl From<Unavailable> for Fault {
    fn from(Unavailable: Unavailable) -> Self {
        Self::unavailable()
    }
}

impl Fault {
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// A field that can't be taken as it is.
    pub fn field(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
    }

    pub fn token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, NO_TOKEN, "show the token: Authorization: Bearer …")
    }

    fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "nothing was written: tell it again later")
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let body = Json(json!({ "fault": self.code, "message": self.message }));
        if self.code == NO_TOKEN {
            return (self.status, [(header::WWW_AUTHENTICATE, "Bearer")], body).into_response();
        }
        (self.status, body).into_response()
    }
}

pub(super) async fn nothing_here() -> Fault {
    Fault::new(StatusCode::NOT_FOUND, "no_such_resource", "see /api/v1/openapi.json")
}

/// Reads a body as JSON; what is wrong is told by line and column.
pub(in crate::web) fn read<T: DeserializeOwned>(body: Result<Bytes, BytesRejection>) -> Result<T, Fault> {
    parsed(&whole(body)?)
}

/// A body as it came.
pub(super) fn whole(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Fault> {
    body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Fault::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "a body has 64 kB at most")
        }
        status => Fault::new(status, "unreadable", rejection.body_text()),
    })
}

/// JSON; what is wrong is told by line and column.
pub(super) fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    // No text of PostgreSQL's has it: told again it would be refused again.
    if body.windows(NUL.len()).any(|part| part == NUL) {
        return Err(Fault::field("malformed", "a text holds U+0000"));
    }
    serde_json::from_slice(body).map_err(|fault| {
        if fault.is_data() {
            Fault::field("malformed", fault.to_string())
        } else {
            Fault::new(StatusCode::BAD_REQUEST, "not_json", fault.to_string())
        }
    })
}

/// A text that must say something.
pub(super) fn filled(field: &'static str, text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > TEXT_LIMIT {
        return Err(Fault::field("malformed", format!("{field} has 1 to {TEXT_LIMIT} letters")));
    }
    Ok(text.to_owned())
}

/// The code of a request without its token.
const NO_TOKEN: &str = "no_token";
/// U+0000 as JSON writes it.
const NUL: &[u8] = br"\u0000";
/// The longest text of a field, in letters.
const TEXT_LIMIT: usize = 512;
