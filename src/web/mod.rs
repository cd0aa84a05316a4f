//! Health, metrics and the API over HTTP. Floor 3.
//!
//! It alone names the HTTP and metrics libraries. What it shows is handed in: counters by [`Metrics`], readiness by
//! a watch channel, and who answers the API's resources by [`Api`].

mod api;
mod metrics;
mod server;

pub use api::{Api, EventAnswer, Handler, PaymentAnswer, TellEvent, TellPayment, Unavailable};
pub use metrics::Metrics;
pub use server::{Readiness, WebError, serve};
