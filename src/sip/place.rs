//! What is needed to place one call.

use std::net::SocketAddr;

use super::TrunkTarget;
use crate::domain::{AttemptId, Codec};

/// One call to place. The ring limit is the caller's: it cancels.
#[derive(Clone, Debug)]
pub struct PlaceCall {
    /// Stands in the Call-ID: `<attempt>-<tag in hex>@<our domain>`.
    pub attempt: AttemptId,
    /// A random number, so that Call-ID, From tag and branches can't be guessed.
    pub tag: u64,
    pub trunk: TrunkTarget,
    /// The user part of the Request-URI and To, as the trunk wants the number written.
    pub to_user: String,
    /// The user part of From: the caller id.
    pub from_user: String,
    /// From's display name.
    pub display: Option<String>,
    /// Where our media stream listens; RTCP is the next port.
    pub rtp: SocketAddr,
    /// Codecs offered, the preferred first. Never empty.
    pub codecs: Vec<Codec>,
}
