//! What can go wrong with browsers' sound.

use std::io;
use std::net::SocketAddr;

/// The port can't be had, or nobody serves it any more.
#[derive(Debug, thiserror::Error)]
pub enum WebRtcError {
    #[error("binding UDP {addr} for the sound of browsers")]
    Bind { addr: SocketAddr, source: io::Error },
    #[error("making the certificate for the sound of browsers")]
    Certificate,
    #[error("the sound of browsers has ended")]
    Ended,
}

/// Why a browser's offer is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferFault {
    /// Too many are being checked at once.
    #[error("too many headsets are being checked")]
    Busy,
    /// Another window has the sound meanwhile.
    #[error("the sound is in another window")]
    Elsewhere,
    /// The line has been closed.
    #[error("the line is closed")]
    Gone,
    #[error("the offer can't be read: {why}")]
    Malformed { why: String },
    /// Nothing in it is sound in A-law both ways.
    #[error("the offer has no sound in A-law (PCMA) both ways")]
    NoAlaw,
}
