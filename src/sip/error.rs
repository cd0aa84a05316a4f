//! What can go wrong with the stack itself, as against a call on it.

use std::net::SocketAddr;
use std::path::PathBuf;

/// A fault of the SIP stack. What happens to one call is a [`super::LegEvent`], not this.
#[derive(Debug, thiserror::Error)]
pub enum SipError {
    #[error("binding {transport} on {addr}")]
    Bind { transport: &'static str, addr: SocketAddr, source: std::io::Error },
    #[error("the stack listens nowhere: `listen` is empty")]
    ListensNowhere,
    #[error("no listener has the address family of {to}")]
    NoFamily { to: SocketAddr },
    #[error("resolving {host}")]
    Resolve { host: String, source: std::io::Error },
    #[error("{host} has no address")]
    NoAddress { host: String },
    #[error("connecting to {to} over TCP")]
    Connect { to: SocketAddr, source: std::io::Error },
    #[error("greeting {name} over TLS")]
    Greet { name: String, source: std::io::Error },
    #[error("reading the authorities in {}: {why}", file.display())]
    Authorities { file: PathBuf, why: String },
    #[error("{what} can't stand in a SIP message")]
    Unwritable { what: &'static str },
    #[error("the stack is closing")]
    Closing,
    #[error("the library refused: {act}")]
    Library { act: &'static str, source: rsipstack::Error },
}

/// Why somebody is out of reach. The fault's own words are for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreached {
    /// No TCP or TLS connection comes about.
    Connection(String),
    /// His name has no address.
    Name(String),
    /// Nothing could be sent.
    Other(String),
    /// Nothing came back.
    Silence,
}

impl std::fmt::Display for Unreached {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Connection(said) | Self::Name(said) | Self::Other(said) => f.write_str(said),
            Self::Silence => f.write_str("no answer"),
        }
    }
}

impl SipError {
    /// The same as why somebody is out of reach.
    pub fn unreached(&self) -> Unreached {
        match self {
            Self::Connect { .. } | Self::Greet { .. } => Unreached::Connection(self.to_string()),
            Self::NoAddress { .. } | Self::Resolve { .. } => Unreached::Name(self.to_string()),
            Self::Authorities { .. }
            | Self::Bind { .. }
            | Self::Closing
            | Self::Library { .. }
            | Self::ListensNowhere
            | Self::NoFamily { .. }
            | Self::Unwritable { .. } => Unreached::Other(self.to_string()),
        }
    }

    /// Whether the same act may succeed a little later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Greet { .. } | Self::Resolve { .. } | Self::NoAddress { .. } => true,
            Self::Bind { .. }
            | Self::ListensNowhere
            | Self::NoFamily { .. }
            | Self::Unwritable { .. }
            | Self::Authorities { .. }
            | Self::Closing
            | Self::Library { .. } => false,
        }
    }
}
