//! Who answers for what the pages and the interface ask: the daemon, by functions handed in.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// The store did not answer: the same may be asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unavailable;

impl From<Unavailable> for Response {
    fn from(_: Unavailable) -> Self {
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    }
}

type Answering<Answer> = Pin<Box<dyn Future<Output = Result<Answer, Unavailable>> + Send>>;

/// Who answers a request that was read and checked.
pub struct Handler<Ask, Answer>(Arc<dyn Fn(Ask) -> Answering<Answer> + Send + Sync>);

impl<Ask, Answer> Handler<Ask, Answer> {
    /// Makes one of a function.
    pub fn new<F>(answer: impl Fn(Ask) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Answer, Unavailable>> + Send + 'static,
    {
        Self(Arc::new(move |ask| Box::pin(answer(ask))))
    }

    pub(super) async fn ask(&self, ask: Ask) -> Result<Answer, Unavailable> {
        (self.0)(ask).await
    }
}

impl<Ask, Answer> fmt::Debug for Handler<Ask, Answer> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handler")
    }
}
