//! A SIP message as a carrier reads it: tolerant of names in any case, compact names, folds and stray spaces.

use std::borrow::Cow;

/// A request or a response, with its headers in order and its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub start: Start,
    /// Names in lower case and in full; values trimmed, folds joined by a space.
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// The start line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    Request { method: String, uri: String },
    Response { code: u16 },
}

impl Message {
    /// Reads one datagram; `None` when it is not SIP at all, such as a keep-alive of empty lines.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.trim_ascii_start();
        let (head, body) = split_head(bytes);
        let head = String::from_utf8_lossy(head);
        let mut lines = unfold(&head).into_iter();
        let start = Start::parse(&lines.next()?)?;
        let headers: Vec<_> = lines.filter_map(|line| read_header(&line)).collect();
        let mut message = Self { start, headers, body: body.to_vec() };
        // RFC 3261 section 18.3: over UDP the rest of the datagram beyond Content-Length is not the body.
        if let Some(length) = message.header("content-length").and_then(|l| l.parse::<usize>().ok()) {
            message.body.truncate(length);
        }
        Some(message)
    }

    /// The method of a request; empty for a response.
    pub fn method(&self) -> &str {
        match &self.start {
            Start::Request { method, .. } => method,
            Start::Response { .. } => "",
        }
    }

    /// The first header of this name, which is in lower case and in full.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Every header line of this name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub fn call_id(&self) -> Option<&str> {
        self.header("call-id")
    }

    /// The number and the method of CSeq.
    pub fn cseq(&self) -> Option<(u32, &str)> {
        let mut words = self.header("cseq")?.split_ascii_whitespace();
        Some((words.next()?.parse().ok()?, words.next()?))
    }

    /// The `branch` of the topmost Via (RFC 3261 section 8.1.1.7).
    pub fn branch(&self) -> Option<&str> {
        parameter(first_of_list(self.header("via")?), "branch")
    }

    /// The tag of `from` or `to`.
    pub fn tag(&self, header: &str) -> Option<&str> {
        let value = self.header(header)?;
        parameter(value.rsplit_once('>').map_or(value, |(_, after)| after), "tag")
    }

    /// Whether a comma list such as Require or Supported names the option.
    pub fn lists(&self, header: &str, option: &str) -> bool {
        self.all(header).flat_map(|value| value.split(',')).any(|o| o.trim().eq_ignore_ascii_case(option))
    }

    /// The user part of the request's URI: `sip:+7999…@host;user=phone` and `tel:+7999…` alike.
    pub fn dialled(&self) -> Option<&str> {
        match &self.start {
            Start::Request { uri, .. } => Some(user_of(uri)),
            Start::Response { .. } => None,
        }
    }
}

impl Start {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        let (first, second) = (words.next()?, words.next()?);
        if first.eq_ignore_ascii_case("SIP/2.0") {
            return Some(Self::Response { code: second.parse().ok()? });
        }
        let version = words.next()?;
        version
            .eq_ignore_ascii_case("SIP/2.0")
            .then(|| Self::Request { method: first.to_owned(), uri: second.to_owned() })
    }
}

/// The user part of a SIP or tel URI, without parameters.
pub fn user_of(uri: &str) -> &str {
    let rest = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    let user = rest.split_once('@').map_or(rest, |(user, _)| user);
    user.split(';').next().unwrap_or(user)
}

/// The URI of a name-addr or addr-spec, without angle brackets and header parameters.
pub fn uri_of(value: &str) -> &str {
    match value.split_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or(rest),
        None => value.split(';').next().unwrap_or(value).trim(),
    }
}

/// The value of `;name=value` in a header value, spaces round `;` and `=` allowed; empty for a bare `;name`.
pub fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    value.split(';').skip(1).find_map(|item| {
        let (key, val) = item.split_once('=').unwrap_or((item, ""));
        key.trim().eq_ignore_ascii_case(name).then(|| val.trim().trim_matches('"'))
    })
}

/// The first element of a comma list that has no quoted commas, such as Via.
pub fn first_of_list(value: &str) -> &str {
    value.split(',').next().unwrap_or(value).trim()
}

fn split_head(bytes: &[u8]) -> (&[u8], &[u8]) {
    for end in [b"\r\n\r\n".as_slice(), b"\n\n"] {
        if let Some(at) = bytes.windows(end.len()).position(|w| w == end) {
            return (&bytes[..at], &bytes[at + end.len()..]);
        }
    }
    (bytes, &[])
}

fn unfold(head: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in head.lines() {
        match lines.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

fn read_header(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim().to_ascii_lowercase();
    Some((in_full(&name).into_owned(), value.trim().to_owned()))
}

/// Compact names of RFC 3261 section 7.3.3 and RFC 4028.
fn in_full(name: &str) -> Cow<'_, str> {
    let full = match name {
        "c" => "content-type",
        "f" => "from",
        "i" => "call-id",
        "k" => "supported",
        "l" => "content-length",
        "m" => "contact",
        "t" => "to",
        "v" => "via",
        "x" => "session-expires",
        other => other,
    };
    Cow::Borrowed(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compact_folded_and_oddly_spaced_headers_are_read() {
        let text = "\r\n\r\nINVITE sip:+79990000001@127.0.0.1;user=phone SIP/2.0\r\nv: SIP/2.0/UDP 127.0.0.1:5062 ;branch = z9hG4bK1\r\n\
             ,SIP/2.0/UDP 127.0.0.2;branch=z9hG4bK0\r\nFROM : \"A; tag=x\" <sip:a@b>\r\n  ;tag =me\r\nt: <sip:b@c>\r\n\
             i: 17-ab@obzvon\r\ncseq: 1   INVITE\r\nk: timer,\r\n 100rel\r\nl: 3\r\n\r\nabcdef";
        let message = Message::parse(text.as_bytes()).expect("SIP");
        assert_eq!((message.method(), message.dialled()), ("INVITE", Some("+79990000001")));
        assert_eq!(message.branch(), Some("z9hG4bK1"));
        assert_eq!((message.tag("from"), message.tag("to")), (Some("me"), None));
        assert_eq!((message.call_id(), message.cseq()), (Some("17-ab@obzvon"), Some((1, "INVITE"))));
        assert!(message.lists("supported", "100rel") && !message.lists("supported", "path"));
        assert_eq!(message.body, b"abc");
    }

    #[test]
    fn a_response_is_told_from_a_request_and_noise_from_both() {
        let ok = Message::parse(b"SIP/2.0 200 OK\r\nCSeq: 2 BYE\r\n\r\n").expect("SIP");
        assert_eq!(ok.start, Start::Response { code: 200 });
        for noise in [b"\r\n\r\n".as_slice(), b"hello", b"INVITE sip:x HTTP/1.1\r\n\r\n", &[0, 255, 1]] {
            assert_eq!(Message::parse(noise), None);
        }
    }

    #[test]
    fn a_tel_uri_has_its_number_as_user() {
        assert_eq!(user_of("tel:+79990000001;phone-context=x"), "+79990000001");
        assert_eq!(uri_of("\"x\" <sip:a@127.0.0.1:5080;lr>;expires=3"), "sip:a@127.0.0.1:5080;lr");
    }
}
