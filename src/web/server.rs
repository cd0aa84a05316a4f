//! `/healthz`, `/readyz` and `/metrics`, the console, and the API where there is one.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::serve::{Listener, ListenerExt};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower_http::timeout::TimeoutLayer;

use super::api::{Api, Hooks, document_routes, hook_routes, router};
use super::https::{Certificate, Https};
use super::{Console, Metrics, console};

/// Whether the daemon may be given work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// Dialling, or free to.
    Ready,
    /// The kill switch is thrown: nothing is dialled until it is released.
    Killed,
    /// Nothing can be written to the store, so nothing is dialled.
    Silent,
    /// Not; says why.
    Not(String),
}

/// Why the HTTP side does not stand.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    #[error("listening for HTTP on {addr}")]
    Listen { addr: SocketAddr, source: std::io::Error },
    #[error("serving HTTP")]
    Serve { source: std::io::Error },
}

#[derive(Clone)]
struct Shown {
    metrics: Metrics,
    readiness: watch::Receiver<Readiness>,
}

/// Where the pages are.
#[derive(Debug)]
pub struct Address {
    listener: TcpListener,
    certificate: Option<Certificate>,
}

/// Takes the address; a daemon without health, console and stop button is not started. With a certificate everything there
/// is by HTTPS.
///
/// # Errors
/// When the address can't be had.
pub async fn listen(addr: SocketAddr, certificate: Option<Certificate>) -> Result<Address, WebError> {
    let listener = TcpListener::bind(addr).await.map_err(|source| WebError::Listen { addr, source })?;
    Ok(Address { listener, certificate })
}

/// Answers until `stop`.
///
/// # Errors
/// When the listener breaks.
pub async fn serve(
    address: Address,
    metrics: Metrics,
    readiness: watch::Receiver<Readiness>,
    (api, hooks): (Option<Api>, Hooks),
    desk: Console,
    stop: CancellationToken,
) -> Result<(), WebError> {
    let house = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(exposition))
        .with_state(Shown { metrics, readiness })
        .merge(document_routes())
        .merge(hook_routes(hooks));
    let app = match api {
        Some(api) => house.merge(router(api)),
        None => house,
    };
    let Address { listener, certificate } = address;
    let app = app.merge(console::router(desk, certificate.is_some(), &stop));
    let patience = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(5));
    let app = app.layer(patience);
    match certificate {
        Some(certificate) => answer(Https::new(listener, certificate), app, stop).await,
        None => answer(listener, app, stop).await,
    }
}

async fn answer(
    listener: impl Listener<Addr = SocketAddr>,
    app: Router,
    stop: CancellationToken,
) -> Result<(), WebError> {
    // A tapped listener, whatever it is, tells whose connection it is.
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener.tap_io(|_| {}), app);
    let served = served.with_graceful_shutdown(async move { stop.cancelled().await });
    served.await.map_err(|source| WebError::Serve { source })
}

async fn ready(State(shown): State<Shown>) -> (StatusCode, String) {
    match &*shown.readiness.borrow() {
        Readiness::Ready => (StatusCode::OK, "ready\n".to_owned()),
        Readiness::Killed => {
            (StatusCode::SERVICE_UNAVAILABLE, "not ready: the kill switch is thrown\n".to_owned())
        }
        Readiness::Silent => (
            StatusCode::SERVICE_UNAVAILABLE,
            "not ready: nothing can be written to the database\n".to_owned(),
        ),
        Readiness::Not(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")),
    }
}

async fn exposition(State(shown): State<Shown>) -> impl IntoResponse {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], shown.metrics.exposition())
}
