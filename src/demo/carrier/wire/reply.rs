//! Writes a response: what is copied from the request, and what is added (RFC 3261 section 8.2.6).

use std::net::SocketAddr;

use super::message::{Message, first_of_list, parameter};

/// A response to be written.
#[derive(Clone, Debug)]
pub struct Reply<'a> {
    pub code: u16,
    pub reason: &'a str,
    /// Our tag, for a To that has none yet; a 100 has none.
    pub to_tag: Option<&'a str>,
    /// Whole header lines without their line ends.
    pub extra: Vec<String>,
    /// An SDP body.
    pub sdp: Option<String>,
}

impl<'a> Reply<'a> {
    pub fn new(code: u16, reason: &'a str) -> Self {
        Self { code, reason, to_tag: None, extra: Vec::new(), sdp: None }
    }

    pub fn tag(mut self, to_tag: &'a str) -> Self {
        self.to_tag = Some(to_tag);
        self
    }

    pub fn header(mut self, line: impl Into<String>) -> Self {
        self.extra.push(line.into());
        self
    }

    pub fn sdp(mut self, body: String) -> Self {
        self.sdp = Some(body);
        self
    }

    /// The response's bytes, for a request that came from `source`.
    pub fn write(&self, request: &Message, source: SocketAddr) -> Vec<u8> {
        let mut text = format!("SIP/2.0 {} {}\r\n", self.code, self.reason);
        for (index, via) in request.all("via").enumerate() {
            let via = if index == 0 { with_received(via, source) } else { via.to_owned() };
            line(&mut text, "Via", &via);
        }
        line(&mut text, "From", request.header("from").unwrap_or_default());
        let to = request.header("to").unwrap_or_default();
        match (request.tag("to"), self.to_tag) {
            (None, Some(tag)) => line(&mut text, "To", &format!("{to};tag={tag}")),
            _ => line(&mut text, "To", to),
        }
        line(&mut text, "Call-ID", request.call_id().unwrap_or_default());
        line(&mut text, "CSeq", request.header("cseq").unwrap_or_default());
        if (101..300).contains(&self.code) {
            for route in request.all("record-route") {
                line(&mut text, "Record-Route", route);
            }
        }
        finish(text, &self.extra, self.sdp.as_deref())
    }
}

/// Ends a message: further lines, Content-Type, Content-Length and the body.
pub fn finish(mut text: String, extra: &[String], sdp: Option<&str>) -> Vec<u8> {
    for header in extra {
        text.push_str(header);
        text.push_str("\r\n");
    }
    let body = sdp.unwrap_or_default();
    if sdp.is_some() {
        line(&mut text, "Content-Type", "application/sdp");
    }
    line(&mut text, "Content-Length", &body.len().to_string());
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}

/// Appends `Name: value`.
pub fn line(text: &mut String, name: &str, value: &str) {
    for part in [name, ": ", value, "\r\n"] {
        text.push_str(part);
    }
}

/// Where a response goes: the source's port with `rport` (RFC 3581), else the port of the topmost Via.
pub fn return_address(request: &Message, source: SocketAddr) -> SocketAddr {
    let Some(via) = request.header("via").map(first_of_list) else { return source };
    if parameter(via, "rport").is_some() {
        return source;
    }
    let sent_by = via.split(';').next().unwrap_or(via).rsplit(' ').next().unwrap_or_default();
    let port = sent_by.rsplit_once(':').and_then(|(_, port)| port.trim_end_matches(']').parse().ok());
    SocketAddr::new(source.ip(), port.unwrap_or(5060))
}

fn with_received(via: &str, source: SocketAddr) -> String {
    let (top, rest) = via.split_once(',').map_or((via, None), |(top, rest)| (top, Some(rest)));
    let mut top = match parameter(top, "rport") {
        Some("") => {
            top.replacen(";rport=", ";rport", 1).replacen(";rport", &format!(";rport={}", source.port()), 1)
        }
        _ => top.to_owned(),
    };
    top.push_str(&format!(";received={}", source.ip()));
    rest.map_or(top.clone(), |rest| format!("{top},{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invite(via: &str) -> Message {
        let text = format!(
            "INVITE sip:1@127.0.0.1 SIP/2.0\r\nVia: {via}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:1@b>\r\n\
             Call-ID: c\r\nCSeq: 1 INVITE\r\nRecord-Route: <sip:p;lr>\r\n\r\n"
        );
        Message::parse(text.as_bytes()).expect("SIP")
    }

    #[test]
    fn a_response_mirrors_the_request_and_adds_our_tag() {
        let source: SocketAddr = "127.0.0.1:5099".parse().expect("address");
        let request = invite("SIP/2.0/UDP 127.0.0.9:5062;rport;branch=z9hG4bKx, SIP/2.0/UDP q");
        let bytes = Reply::new(200, "OK").tag("me").sdp("v=0\r\n".to_owned()).write(&request, source);
        let text = String::from_utf8(bytes).expect("text");
        assert!(text.contains(
            "Via: SIP/2.0/UDP 127.0.0.9:5062;rport=5099;branch=z9hG4bKx;received=127.0.0.1, SIP/2.0/UDP q\r\n"
        ));
        assert!(text.contains("To: <sip:1@b>;tag=me\r\n") && text.contains("Record-Route: <sip:p;lr>\r\n"));
        assert!(text.ends_with("Content-Length: 5\r\n\r\nv=0\r\n"));
        assert_eq!(return_address(&request, source), source);
    }

    #[test]
    fn without_rport_the_answer_goes_to_the_port_of_the_via() {
        let source: SocketAddr = "127.0.0.1:5099".parse().expect("address");
        let to = |via| return_address(&invite(via), source).port();
        assert_eq!(to("SIP/2.0/UDP 127.0.0.1:5062;branch=z"), 5062);
        assert_eq!(to("SIP/2.0/UDP 127.0.0.1;branch=z"), 5060);
    }
}
