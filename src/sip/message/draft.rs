//! A request on its way to being written.

use rsipstack::sip::headers::make_header;
use rsipstack::sip::{Header, Method, Request, Uri, Version};

use crate::sip::wire::Flow;

/// The parts of a request. Names and values are as they go on the wire.
#[derive(Clone, Debug)]
pub(in crate::sip) struct Draft {
    pub method: Method,
    pub uri: Uri,
    pub from: String,
    pub to: String,
    pub call_id: String,
    pub cseq: u32,
    pub routes: Vec<String>,
    pub contact: Option<String>,
    pub headers: Vec<(&'static str, String)>,
    /// Content-Type and body.
    pub body: Option<(&'static str, Vec<u8>)>,
}

impl Draft {
    /// Adds a header and hands the draft back.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn with_sdp(mut self, sdp: String) -> Self {
        self.body = Some(("application/sdp", sdp.into_bytes()));
        self
    }

    /// The request for one transaction.
    pub fn write(self, flow: &Flow, branch: u64, agent: &str) -> Request {
        let mut headers = vec![
            make_header("Via", flow.via(branch)),
            make_header("Max-Forwards", "70".to_owned()),
            make_header("From", self.from),
            make_header("To", self.to),
            make_header("Call-ID", self.call_id),
            make_header("CSeq", format!("{} {}", self.cseq, self.method)),
        ];
        headers.extend(self.routes.into_iter().map(|route| make_header("Route", route)));
        headers.extend(self.contact.map(|contact| make_header("Contact", contact)));
        headers.extend(self.headers.into_iter().map(|(name, value)| make_header(name, value)));
        headers.push(make_header("User-Agent", agent.to_owned()));
        let (kind, body) = self.body.unzip();
        headers.extend(kind.map(|kind| make_header("Content-Type", kind.to_owned())));
        let body = body.unwrap_or_default();
        headers.push(Header::ContentLength((body.len() as u32).into()));
        Request { method: self.method, uri: self.uri, version: Version::V2, headers: headers.into(), body }
    }
}

/// The CANCEL of an INVITE: same branch, target and route (RFC 3261 section 9.1).
pub(in crate::sip) fn cancel_of(invite: &Request, reason: Option<String>) -> Request {
    let mut headers: Vec<Header> = Vec::with_capacity(8);
    let mut via_taken = false;
    for header in invite.headers.iter() {
        match header {
            Header::Via(_) if via_taken => {}
            Header::Via(_) => {
                via_taken = true;
                headers.push(header.clone());
            }
            Header::CSeq(cseq) => {
                let number = cseq.value().split_ascii_whitespace().next().unwrap_or("1").to_owned();
                headers.push(make_header("CSeq", format!("{number} CANCEL")));
            }
            Header::From(_)
            | Header::To(_)
            | Header::CallId(_)
            | Header::MaxForwards(_)
            | Header::Route(_) => {
                headers.push(header.clone());
            }
            _ => {}
        }
    }
    headers.extend(reason.map(|reason| make_header("Reason", reason)));
    headers.push(Header::ContentLength(0u32.into()));
    Request {
        method: Method::Cancel,
        uri: invite.uri.clone(),
        version: Version::V2,
        headers: headers.into(),
        body: Vec::new(),
    }
}

/// A user part with what RFC 3261 section 25.1 does not allow there escaped.
pub(in crate::sip) fn escape_user(user: &str) -> String {
    let mut out = String::with_capacity(user.len());
    for byte in user.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A display name as a quoted string; control characters are left out.
pub(in crate::sip) fn quote(name: &str) -> String {
    let mut out = String::from("\"");
    for c in name.chars().filter(|c| !c.is_control()) {
        if c == '"' || c == '\\' {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// A host for a URI: an IPv6 address gets its brackets.
pub(in crate::sip) fn uri_host(host: &str) -> String {
    if host.parse::<std::net::Ipv6Addr>().is_ok() { format!("[{host}]") } else { host.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_can_not_leave_its_place() {
        assert_eq!(escape_user("+7999#1@x>\r\nY: z"), "+7999%231%40x%3E%0D%0AY%3A%20z");
        assert_eq!(quote("A \"B\"\\\r\nX: y"), "\"A \\\"B\\\"\\\\X: y\"");
        assert_eq!([uri_host("2001:db8::1"), uri_host("192.0.2.1")], ["[2001:db8::1]", "192.0.2.1"]);
    }
}
