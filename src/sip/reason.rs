//! The Reason header (RFC 3326): why a call is ended, by Q.850 or SIP.

use std::fmt;

/// Why we hang up, as the far end will read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// A cause of ITU-T Q.850, 1..=127.
    pub q850: u8,
    /// A few words without quotes.
    pub text: &'static str,
}

impl Reason {
    pub const NORMAL: Self = Self { q850: 16, text: "Normal call clearing" };
    pub const NO_MEDIA: Self = Self { q850: 88, text: "Incompatible destination" };
    pub const RTP_TIMEOUT: Self = Self { q850: 102, text: "RTP timeout" };
    pub const SHUTDOWN: Self = Self { q850: 41, text: "Temporary failure" };
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Q.850;cause={};text=\"{}\"", self.q850, self.text)
    }
}
