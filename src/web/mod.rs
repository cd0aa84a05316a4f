//! Health and metrics over HTTP. Floor 3.
//!
//! It alone names the HTTP and metrics libraries. What it shows is handed in: counters by [`Metrics`], readiness by
//! a watch channel.

mod metrics;
mod server;

pub use metrics::Metrics;
pub use server::{Readiness, WebError, serve};
