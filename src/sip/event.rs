//! What a leg tells its owner.

use std::time::Duration;

use crate::domain::InfoBody;
use crate::domain::attempt::{FinalWord, HungUpBy};
use crate::domain::media_target::MediaTarget;

/// An event of one leg, in the order of the wire. Exactly one of `Refused`, `Ended` and `Fault` comes, and comes last.
#[derive(Clone, Debug, PartialEq)]
pub enum LegEvent {
    /// 100: the next hop has the INVITE. Once.
    Trying,
    /// 180, 181, 182 or 183 without SDP; again for each change of code or branch of a fork.
    Ringing { code: u16 },
    /// A provisional response brought SDP: the network's own tones or announcement may be heard.
    EarlyMedia(MediaTarget),
    /// 2xx, acknowledged.
    Answered(MediaTarget),
    /// A final response 300..=699, or none in time (408 of our own making).
    Refused { word: FinalWord, retry_after: Option<Duration> },
    /// The far end's re-INVITE or UPDATE, already answered, or the end of our own hold or resume.
    MediaChanged(MediaTarget),
    /// Our hold or resume was refused; media stays as it was.
    MediaKept { code: u16 },
    /// A key by SIP INFO: `0`..`9`, `*`, `#`, `A`..`D`.
    KeyByInfo(InfoBody, char),
    /// How a transfer by REFER goes: 100..=199 under way, 200..=299 done, else failed (RFC 3515 section 2.4.5).
    Transfer { code: u16 },
    /// A phone asks that its call be handed on to this user (RFC 3515); `Leg::referred` tells it how that went.
    Refer { to: String },
    /// An answered leg is over. `crossed_cancel`: the 2xx crossed our CANCEL and was ended with ACK and BYE.
    Ended { by: HungUpBy, word: FinalWord, crossed_cancel: bool },
    /// The leg could not go on, for a reason that says nothing about the callee.
    Fault(LegFault),
}

impl LegEvent {
    /// Whether this is the leg's last event.
    pub fn is_last(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Ended { .. } | Self::Fault(_))
    }
}

/// Why a leg could not go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LegFault {
    /// The answer's SDP is missing or unreadable; the call was ended with BYE.
    #[error("answered without usable SDP")]
    NoSdp,
    /// The answer's SDP has no audio we can send; the call was ended with BYE.
    #[error("answered without a codec in common")]
    NoCommonCodec,
    /// Nobody answered the INVITE in 64 × T1, or the connection broke before anybody did.
    #[error("the trunk is silent")]
    Silent,
    /// Sending the INVITE failed.
    #[error("sending failed: {0}")]
    Unsent(String),
    /// The stack was closed with the leg open.
    #[error("the stack was closed")]
    Closed,
}
