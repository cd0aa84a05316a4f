//! `GET /api/v1/desk/events`: what happens at a desk, as server-sent events. Whoever was cut off and names the last event
//! he has hears what he missed, or `reset` where that is not known any more. Before each event, and each pulse, the session is
//! asked for anew.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_core::Stream;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tower_sessions::Session;

use super::super::Shared;
use super::super::guard::Viewer;
use crate::domain::Right;
use crate::web::api::Fault;

/// One thing that happened at a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskEvent {
    /// Grows with every event, over restarts too.
    pub id: u64,
    /// `state`, `call`, `identified`, `paid`, `preview`, `wrap_up`, `overrun`, `reset`.
    pub name: &'static str,
    /// JSON.
    pub data: String,
}

/// How often a silent stream says that it lives, and asks whether its session does.
const PULSE: Duration = Duration::from_secs(15);

pub(super) fn routes(stop: &CancellationToken) -> Router<Shared> {
    let stop = stop.clone();
    let stream = move |viewer: Viewer, session: Session, shared: State<Shared>, headers: HeaderMap| {
        events((viewer, session), shared, headers, stop.clone())
    };
    Router::new().route("/api/v1/desk/events", get(stream))
}

async fn events(
    (viewer, session): (Viewer, Session),
    State(shared): State<Shared>,
    headers: HeaderMap,
    stop: CancellationToken,
) -> Result<Response, Response> {
    viewer.may(Right::WorkDesk)?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let asked = shared.console.desk.events.ask((viewer.login.clone(), last)).await;
    let heard = asked?;
    let Some(heard) = heard else {
        return Err(
            Fault::new(StatusCode::NOT_FOUND, "no_desk", "no agent works under this login").into_response()
        );
    };
    let listener = Listener { heard, viewer, session, shared, stop };
    Ok(Sse::new(Events { next: Some(Box::pin(listener.next())) }).into_response())
}

/// Who listens at a desk: as long as his session lasts and the program runs, which an open stream would keep.
struct Listener {
    heard: mpsc::Receiver<DeskEvent>,
    viewer: Viewer,
    session: Session,
    shared: Shared,
    stop: CancellationToken,
}

impl Listener {
    /// The next thing for him to hear; `None`: there is no more.
    async fn next(mut self) -> Option<(Event, Self)> {
        let event = tokio::select! {
            () = self.stop.cancelled() => return None,
            event = self.heard.recv() => {
                let event = event?;
                Event::default().id(event.id.to_string()).event(event.name).data(event.data)
            }
            () = tokio::time::sleep(PULSE) => Event::default().comment(""),
        };
        let may = self.viewer.may_still(Right::WorkDesk, &self.session, &self.shared).await;
        may.then_some((event, self))
    }
}

/// The events of one listener.
struct Events {
    next: Option<Next>,
}

type Next = Pin<Box<dyn Future<Output = Option<(Event, Listener)>> + Send>>;

impl Stream for Events {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(next) = &mut self.next else { return Poll::Ready(None) };
        let told = ready!(next.as_mut().poll(context));
        let (event, next) = told.map(|(event, listener)| (event, Box::pin(listener.next()) as Next)).unzip();
        self.next = next;
        Poll::Ready(event.map(Ok))
    }
}
