//! What a request must be like to be handed on.

use rsipstack::sip::SipMessage;
use rsipstack::sip::prelude::{HeadersExt, ToTypedHeader};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};

use super::cut::Cut;
use super::names::SINGLE;
use super::{ALLOW, SUPPORTED};

/// The most Via values taken (the initial Max-Forwards of RFC 3261 section 8.1.1.6).
const MAX_VIA: usize = 70;

/// Why a request is refused, and how the answer reads.
#[derive(Debug)]
pub(super) struct Refusal {
    pub code: u16,
    pub phrase: &'static str,
    /// A header the code asks for.
    pub header: Option<String>,
}

impl Refusal {
    fn new(code: u16, phrase: &'static str) -> Self {
        Self { code, phrase, header: None }
    }

    fn bad(phrase: &'static str) -> Self {
        Self::new(400, phrase)
    }
}

/// Takes a request apart far enough that nothing behind can stumble over it.
pub(super) fn judge(cut: &Cut<'_>) -> Result<SipMessage, Refusal> {
    let version = cut.start[cut.start.len() - 1];
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        return Err(Refusal::new(505, "Version Not Supported"));
    }
    if let Some(flaw) = cut.flaw {
        return Err(Refusal::bad(flaw));
    }
    let [_, uri, _] = cut.start.as_slice() else { return Err(Refusal::bad("Request-URI")) };
    if let Some(name) = SINGLE.iter().find(|name| cut.only(name).is_none()) {
        return Err(Refusal::bad(match *name {
            "From" => "From",
            "To" => "To",
            "Call-ID" => "Call-ID",
            _ => "CSeq",
        }));
    }
    let method = cut.method();
    check_cseq(cut.only("CSeq").unwrap_or_default(), &method)?;
    check_method(&method)?;
    check_scheme(uri)?;
    check_via(cut)?;
    check_require(cut, &method)?;
    let length = cut.body_length().ok_or(Refusal::bad("Content-Length"))?;

    let plain = cut.plain(&format!("{method} {uri} SIP/2.0"), &cut.body[..length]);
    let message = SipMessage::try_from(plain.as_slice()).map_err(|_| Refusal::bad("Bad Request"))?;
    let SipMessage::Request(request) = &message else { return Err(Refusal::bad("Bad Request")) };
    let readable = TransactionKey::from_request(request, TransactionRole::Server).is_ok()
        && request.to_header().and_then(|to| to.typed()).is_ok()
        && request.from_header().and_then(|from| from.typed()).is_ok();
    if readable { Ok(message) } else { Err(Refusal::bad("From, To or Via")) }
}

fn check_cseq(cseq: &str, method: &str) -> Result<(), Refusal> {
    let mut words = cseq.split_ascii_whitespace();
    let number = words.next().and_then(|n| n.parse::<u32>().ok()).filter(|n| *n < 1 << 31);
    let same = words.next().is_some_and(|m| m.eq_ignore_ascii_case(method));
    if number.is_none() || !same || words.next().is_some() {
        return Err(Refusal::bad("CSeq"));
    }
    Ok(())
}

fn check_method(method: &str) -> Result<(), Refusal> {
    // The registrar answers REGISTER, or says that there is none.
    if method == "REGISTER" || ALLOW.split(", ").any(|allowed| allowed == method) {
        return Ok(());
    }
    let known = ["SUBSCRIBE", "PUBLISH", "MESSAGE"].contains(&method);
    let (code, phrase) = if known { (405, "Method Not Allowed") } else { (501, "Not Implemented") };
    Err(Refusal { code, phrase, header: Some(format!("Allow: {ALLOW}")) })
}

fn check_scheme(uri: &str) -> Result<(), Refusal> {
    let Some((scheme, _)) = uri.split_once(':') else { return Err(Refusal::bad("Request-URI")) };
    let spoken = ["sip", "sips", "tel"].iter().any(|s| scheme.eq_ignore_ascii_case(s));
    let scheme_like =
        !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    match (spoken, scheme_like) {
        (true, _) => Ok(()),
        (false, true) => Err(Refusal::new(416, "Unsupported URI Scheme")),
        (false, false) => Err(Refusal::bad("Request-URI")),
    }
}

fn check_via(cut: &Cut<'_>) -> Result<(), Refusal> {
    let values: usize = cut.all("Via").map(|v| v.split(',').count()).sum();
    if (1..=MAX_VIA).contains(&values) { Ok(()) } else { Err(Refusal::bad("Via")) }
}

/// RFC 3261 section 8.2.2.3: an extension we don't know is named in the answer.
fn check_require(cut: &Cut<'_>, method: &str) -> Result<(), Refusal> {
    if method == "ACK" || method == "CANCEL" {
        return Ok(());
    }
    let wanted = cut.all("Require").flat_map(|v| v.split(',')).map(str::trim).filter(|tag| !tag.is_empty());
    let known = |tag: &str| SUPPORTED.split(", ").any(|s| s.eq_ignore_ascii_case(tag));
    let unknown: Vec<&str> = wanted.filter(|tag| !known(tag)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let header = Some(format!("Unsupported: {}", unknown.join(", ")));
    Err(Refusal { code: 420, phrase: "Bad Extension", header })
}
