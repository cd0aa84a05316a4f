//! Cutting a TCP stream into messages by Content-Length (RFC 3261 section 18.3). Pure.

use crate::sip::guard::MAX_MESSAGE;

/// One piece of the stream.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sip) enum Frame {
    /// A message, or what claims to be one; the guard judges it.
    Message(Vec<u8>),
    /// A double CRLF, to be answered with one (RFC 5626 section 3.5.1).
    Ping,
}

/// The place of the next message can't be found any more; the connection is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sip) struct OutOfStep;

/// Collects bytes and gives out frames.
#[derive(Debug, Default)]
pub(in crate::sip) struct Framer {
    buffer: Vec<u8>,
}

impl Framer {
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame, `None` when more bytes are needed.
    pub fn next(&mut self) -> Result<Option<Frame>, OutOfStep> {
        if self.buffer.starts_with(b"\r\n\r\n") {
            self.buffer.drain(..4);
            return Ok(Some(Frame::Ping));
        }
        let lead = self.buffer.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        // A lone CRLF may be the first half of a ping.
        if lead == self.buffer.len() {
            return Ok(None);
        }
        self.buffer.drain(..lead);
        let Some(end) = end_of_headers(&self.buffer) else {
            return if self.buffer.len() > MAX_MESSAGE { Err(OutOfStep) } else { Ok(None) };
        };
        let total = content_length(&self.buffer[..end]).and_then(|body| end.checked_add(body));
        let total = total.filter(|total| *total <= MAX_MESSAGE).ok_or(OutOfStep)?;
        if self.buffer.len() < total {
            return Ok(None);
        }
        let rest = self.buffer.split_off(total);
        Ok(Some(Frame::Message(std::mem::replace(&mut self.buffer, rest))))
    }
}

/// Where the body begins.
fn end_of_headers(bytes: &[u8]) -> Option<usize> {
    let crlf = bytes.windows(4).position(|w| w == b"\r\n\r\n").map(|at| at + 4);
    let lf = bytes.windows(2).position(|w| w == b"\n\n").map(|at| at + 2);
    match (crlf, lf) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Content-Length, 0 where it is missing (a body can't be found then); `None` when it is no number.
fn content_length(head: &[u8]) -> Option<usize> {
    let mut length = 0;
    for line in head.split(|&b| b == b'\n') {
        let Some(colon) = line.iter().position(|&b| b == b':') else { continue };
        let name = line[..colon].trim_ascii();
        if name.eq_ignore_ascii_case(b"Content-Length") || name.eq_ignore_ascii_case(b"l") {
            length = std::str::from_utf8(line[colon + 1..].trim_ascii()).ok()?.parse().ok()?;
        }
    }
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: &str = "OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 1\r\nl : 3\r\n\r\nabc";

    fn frames(chunks: &[&[u8]]) -> Vec<Result<Frame, OutOfStep>> {
        let mut framer = Framer::default();
        let mut out = Vec::new();
        for chunk in chunks {
            framer.push(chunk);
            while let Some(frame) = framer.next().transpose() {
                let broken = frame.is_err();
                out.push(frame);
                if broken {
                    return out;
                }
            }
        }
        out
    }

    #[test]
    fn messages_are_found_however_the_stream_is_chopped() {
        let stream = format!("\r\n\r\n{OPTIONS}\r\n{OPTIONS}");
        let whole = frames(&[stream.as_bytes()]);
        assert_eq!(whole.len(), 3);
        assert_eq!(whole[0], Ok(Frame::Ping));
        assert_eq!(whole[2], Ok(Frame::Message(OPTIONS.as_bytes().to_vec())));
        let bytes: Vec<&[u8]> = stream.as_bytes().chunks(1).collect();
        assert_eq!(frames(&bytes), whole);
    }

    #[test]
    fn a_length_that_can_not_be_is_out_of_step() {
        for length in ["-1", "99999999999999999999", "70000", "abc"] {
            let stream = format!("OPTIONS sip:a@b SIP/2.0\r\nContent-Length: {length}\r\n\r\n");
            assert_eq!(frames(&[stream.as_bytes()]), [Err(OutOfStep)], "{length}");
        }
    }

    #[test]
    fn headers_without_end_are_out_of_step_at_the_limit() {
        let line = b"X: y\r\n".repeat(12_000);
        assert_eq!(frames(&[&line]), [Err(OutOfStep)]);
    }
}
