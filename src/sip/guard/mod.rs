//! The ingress guard: judges raw bytes before the library sees them.
//!
//! In go a datagram or a framed message and its source; out comes a [`Judgement`]. Sound messages are handed on in a
//! plain form (long header names, one line a header), so that the library meets no folded line, compact name or
//! stray space. Malformed requests get a stateless answer as RFC 3261 says and leave no memory behind; garbage gets
//! nothing. Pure: no socket, no clock.

mod answer;
mod budget;
mod cut;
mod names;
mod request;
mod response;
mod tidy;

use std::net::SocketAddr;

use rsipstack::sip::SipMessage;

pub(super) use answer::{Quote, stateless};
pub(super) use budget::Budget;
use cut::Cut;

/// The longest message taken, in bytes.
pub const MAX_MESSAGE: usize = 65_535;

/// Methods we take; the Allow header.
pub(super) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, NOTIFY, REFER";

/// Extensions we understand; the Supported header.
pub(super) const SUPPORTED: &str = "100rel, timer";

/// What is to become of a piece of input.
#[derive(Debug)]
pub enum Judgement {
    /// A malformed or unserved request: send these bytes back and forget it.
    Answer { code: u16, bytes: Vec<u8> },
    /// Not worth an answer.
    Drop(Why),
    /// A double CRLF (RFC 5626 section 3.5.1): answer with one CRLF.
    KeepAlive,
    /// Sound: the library's own form of it.
    Pass(Box<SipMessage>),
}

/// Why input was dropped without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// White space only.
    Blank,
    /// Not SIP at all.
    Garbage,
    /// A malformed ACK: nothing may answer an ACK.
    MalformedAck,
    /// A malformed response: nobody to tell.
    MalformedResponse,
    /// Longer than [`MAX_MESSAGE`].
    TooLong,
}

/// Judges one datagram or one framed message.
pub fn judge(bytes: &[u8], source: SocketAddr, server: &str) -> Judgement {
    if bytes.len() > MAX_MESSAGE {
        return Judgement::Drop(Why::TooLong);
    }
    let lead = bytes.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
    let message = &bytes[lead..];
    if message.iter().all(u8::is_ascii_whitespace) {
        let ping = bytes.starts_with(b"\r\n\r\n");
        return if ping { Judgement::KeepAlive } else { Judgement::Drop(Why::Blank) };
    }
    let Some(mut cut) = Cut::of(message) else { return Judgement::Drop(Why::Garbage) };
    if cut.is_response() {
        return response::judge(&mut cut, source).map_or(Judgement::Drop(Why::MalformedResponse), pass);
    }
    match request::judge(&cut) {
        Ok(message) => pass(message),
        Err(_) if cut.method() == "ACK" => Judgement::Drop(Why::MalformedAck),
        Err(refusal) => {
            let said = (refusal.code, refusal.phrase);
            let headers: Vec<String> = refusal.header.into_iter().collect();
            Judgement::Answer {
                code: said.0,
                bytes: stateless(&Quote::of_cut(&cut), said, &headers, source, server),
            }
        }
    }
}

fn pass(message: SipMessage) -> Judgement {
    Judgement::Pass(Box::new(message))
}

#[cfg(test)]
mod tests;
