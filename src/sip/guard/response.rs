//! What a response must be like to be handed on.

use std::borrow::Cow;
use std::net::SocketAddr;

use rsipstack::sip::SipMessage;
use rsipstack::sip::prelude::{HeadersExt, ToTypedHeader};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};

use super::cut::Cut;
use super::names::SINGLE;

/// The sound response, or `None`: a flawed one has nobody to be told to.
///
/// An answer to an INVITE without Contact gets the address it came from: the library ACKs nothing it can't name.
pub(super) fn judge(cut: &mut Cut<'_>, source: SocketAddr) -> Option<SipMessage> {
    let code: u16 = cut.start.get(1)?.parse().ok().filter(|code| (100..=699).contains(code))?;
    let sound = cut.flaw.is_none()
        && cut.start[0].eq_ignore_ascii_case("SIP/2.0")
        && SINGLE.iter().all(|name| cut.only(name).is_some());
    if !sound {
        return None;
    }
    let to_invite = cut.only("CSeq").is_some_and(|cseq| cseq.to_ascii_uppercase().ends_with("INVITE"));
    if (200..300).contains(&code) && to_invite && cut.all("Contact").next().is_none() {
        cut.headers.push((Cow::Borrowed("Contact"), format!("<sip:{source}>")));
    }
    let phrase = cut.start[2..].join(" ");
    let plain = cut.plain(&format!("SIP/2.0 {code} {phrase}"), &cut.body[..cut.body_length()?]);
    let message = SipMessage::try_from(plain.as_slice()).ok()?;
    let SipMessage::Response(response) = &message else { return None };
    // A second Via belongs to another client: such a response is discarded (RFC 3261 section 8.1.3.3).
    let readable = TransactionKey::from_response(response, TransactionRole::Client).is_ok()
        && response.to_header().and_then(|to| to.typed()).is_ok()
        && !response.has_multiple_vias();
    readable.then_some(message)
}
