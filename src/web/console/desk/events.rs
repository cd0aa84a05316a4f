//! `GET /api/v1/desk/events`: what happens at a desk, as server-sent events. Whoever was cut off and names the last event
//! he has hears what he missed, or `reset` where that is not known any more.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_core::Stream;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::super::Shared;
use super::super::guard::Viewer;
use crate::domain::Right;
use crate::web::api::Fault;

/// One thing that happened at a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskEvent {
    /// Grows with every event, over restarts too.
    pub id: u64,
    /// `state`, `call`, `identified`, `paid`, `preview`, `overrun`, `reset`.
    pub name: &'static str,
    /// JSON.
    pub data: String,
}

/// How often a silent stream says that it lives.
const PULSE: Duration = Duration::from_secs(15);

pub(super) fn routes(stop: &CancellationToken) -> Router<Shared> {
    let stop = stop.clone();
    let stream = move |viewer: Viewer, shared: State<Shared>, headers: HeaderMap| {
        events(viewer, shared, headers, stop.clone())
    };
    Router::new().route("/api/v1/desk/events", get(stream))
}

async fn events(
    viewer: Viewer,
    State(shared): State<Shared>,
    headers: HeaderMap,
    stop: CancellationToken,
) -> Result<Response, Response> {
    viewer.may(Right::WorkDesk)?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let asked = shared.console.desk.events.ask((viewer.login, last)).await;
    let heard = asked?;
    let Some(heard) = heard else {
        return Err(
            Fault::new(StatusCode::NOT_FOUND, "no_desk", "no agent works under this login").into_response()
        );
    };
    let stream = Events { heard, stop: Box::pin(stop.cancelled_owned()) };
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(PULSE)).into_response())
}

/// The events of one listener, until the program ends: an open stream would keep it.
struct Events {
    heard: mpsc::Receiver<DeskEvent>,
    stop: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Stream for Events {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.stop.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        self.heard.poll_recv(context).map(|event| {
            event
                .map(|event| Ok(Event::default().id(event.id.to_string()).event(event.name).data(event.data)))
        })
    }
}
