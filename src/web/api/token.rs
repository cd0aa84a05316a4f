//! Who may ask: whoever shows the bearer token (RFC 6750 §2.1).

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::fault::Fault;

/// The token's digest. Digests are compared, so that the time it takes tells nothing of the token.
#[derive(Clone, Copy)]
pub(super) struct Token([u8; 32]);

impl Token {
    pub fn new(secret: &SecretString) -> Self {
        Self(Sha256::digest(secret.expose_secret()).into())
    }

    fn is(&self, shown: &str) -> bool {
        Sha256::digest(shown)[..] == self.0
    }
}

pub(super) async fn check(State(token): State<Token>, request: Request, next: Next) -> Response {
    let shown = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = shown.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    if bearer.is_some_and(|shown| token.is(shown)) {
        next.run(request).await
    } else {
        Fault::token().into_response()
    }
}
