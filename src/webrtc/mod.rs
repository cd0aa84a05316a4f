//! Agents' sound in their browsers: WebRTC with A-law end to end, all of them on one UDP port. Floor 3.
//!
//! In goes a browser's offer, out comes the answer; from then on its sound passes between the browser and a stream of the
//! media engine, which sees an ordinary RTP peer on this host and knows nothing of ICE, DTLS and SRTP. Whoever loses his
//! browser in a talk has music played in his place until he is back or [`LineEvent::Gone`].

mod driver;
mod error;
mod exchange;
mod line;
mod packet;
mod seam;
mod session;
#[cfg(test)]
mod tests;

pub use driver::{Line, LineEvent, LineLink, WebRtc, WebRtcPlan};
pub use error::{OfferFault, WebRtcError};
pub use exchange::{Answer, SessionNo};
