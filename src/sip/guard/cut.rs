//! A message cut into start line, headers and body, before anything is understood.

use std::borrow::Cow;

use super::names::long_name;
use super::tidy::tidy;

/// The most headers taken.
pub(super) const MAX_HEADERS: usize = 256;
/// The longest header value taken, unfolded, in bytes.
pub(super) const MAX_VALUE: usize = 8_192;

/// A message in pieces. What is wrong with it stands in `flaw`, so that a refusal can still quote the headers.
#[derive(Debug)]
pub(super) struct Cut<'a> {
    /// The words of the start line; runs of white space count as one.
    pub start: Vec<&'a str>,
    /// Long names with unfolded, trimmed values, in the order of the message.
    pub headers: Vec<(Cow<'a, str>, String)>,
    pub body: &'a [u8],
    pub flaw: Option<&'static str>,
}

impl<'a> Cut<'a> {
    /// Cuts; `None` when the first line is not SIP's.
    pub fn of(message: &'a [u8]) -> Option<Self> {
        let (first, mut rest) = line(message);
        let start: Vec<&str> = std::str::from_utf8(first).ok()?.split_ascii_whitespace().collect();
        if !is_sip(&start) {
            return None;
        }
        let mut cut = Self { start, headers: Vec::new(), body: &[], flaw: None };
        loop {
            if rest.is_empty() {
                cut.flaw = cut.flaw.or(Some("no end of headers"));
                return Some(cut);
            }
            let (one, after) = line(rest);
            rest = after;
            if one.is_empty() {
                cut.body = rest;
                for (name, value) in &mut cut.headers {
                    if let Some(tidied) = tidy(name, value) {
                        *value = tidied;
                    }
                }
                return Some(cut);
            }
            cut.take_line(one);
        }
    }

    fn take_line(&mut self, line: &'a [u8]) {
        let text = String::from_utf8_lossy(line);
        if line[0] == b' ' || line[0] == b'\t' {
            match self.headers.last_mut() {
                Some((_, value)) if value.len() + line.len() <= MAX_VALUE => {
                    value.push(' ');
                    value.push_str(&clean(text.trim()));
                }
                _ => self.flaw = self.flaw.or(Some("folded line")),
            }
            return;
        }
        let Some((name, value)) = text.split_once(':') else {
            self.flaw = self.flaw.or(Some("header without colon"));
            return;
        };
        let name = name.trim_end();
        if name.is_empty() || !name.bytes().all(is_token) {
            self.flaw = self.flaw.or(Some("header name"));
        } else if self.headers.len() >= MAX_HEADERS {
            self.flaw = self.flaw.or(Some("too many headers"));
        } else if value.len() > MAX_VALUE {
            self.flaw = self.flaw.or(Some("header too long"));
        } else {
            self.headers.push((Cow::Owned(long_name(name).to_owned()), clean(value.trim()).into_owned()));
        }
    }

    pub fn is_response(&self) -> bool {
        is_version(self.start[0])
    }

    /// The request's method in capitals; empty in a response.
    pub fn method(&self) -> String {
        if self.is_response() { String::new() } else { self.start[0].to_ascii_uppercase() }
    }

    /// Every value of a header, by its long name.
    pub fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        self.headers.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The value of a header that must stand there once.
    pub fn only<'s>(&'s self, name: &'s str) -> Option<&'s str> {
        let mut all = self.all(name);
        let first = all.next()?;
        if all.next().is_some() || first.is_empty() { None } else { Some(first) }
    }

    /// The body's length by Content-Length, or all of it where none is given. `None` when the header lies.
    pub fn body_length(&self) -> Option<usize> {
        let mut length = None;
        for value in self.all("Content-Length") {
            let said: usize = value.parse().ok()?;
            if length.is_some_and(|before| before != said) || said > self.body.len() {
                return None;
            }
            length = Some(said);
        }
        Some(length.unwrap_or(self.body.len()))
    }

    /// The message again in its plain form, under `start`.
    pub fn plain(&self, start: &str, body: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(512 + body.len());
        out.extend_from_slice(start.as_bytes());
        out.extend_from_slice(b"\r\n");
        for (name, value) in self.headers.iter().filter(|(name, _)| name != "Content-Length") {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
        out.extend_from_slice(body);
        out
    }
}

/// A token character (RFC 3261 section 25.1).
pub(super) fn is_token(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&b)
}

/// `SIP/` and a number on either end of the line makes it worth reading.
fn is_sip(start: &[&str]) -> bool {
    let Some(first) = start.first() else { return false };
    is_version(first)
        || (start.len() >= 3 && first.bytes().all(is_token) && is_version(start[start.len() - 1]))
}

pub(super) fn is_version(word: &str) -> bool {
    word.get(..4).is_some_and(|sip| sip.eq_ignore_ascii_case("SIP/"))
        && word[4..].bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && word.len() > 4
}

/// The first line without its end, and what follows. A bare LF ends a line too.
fn line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let Some(end) = bytes.iter().position(|&b| b == b'\n') else { return (bytes, &[]) };
    let line = &bytes[..end];
    (line.strip_suffix(b"\r").unwrap_or(line), &bytes[end + 1..])
}

/// Control characters but TAB can't be quoted back safely: they are replaced.
fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().any(|c| c.is_control() && c != '\t') {
        return text.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect();
    }
    Cow::Borrowed(text)
}
