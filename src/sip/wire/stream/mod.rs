//! Connections: TCP, and TLS over it.

mod framing;
mod tcp;
mod tls;

pub(super) use tcp::{Flows, connect, listen};
pub(super) use tls::Authorities;
