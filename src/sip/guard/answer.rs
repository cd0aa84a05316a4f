//! The stateless answer to a request that goes no further (RFC 3261 section 8.2.7).

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;

use rsipstack::sip::Request;

use super::cut::Cut;
use crate::sip::message::read;

/// What an answer repeats of its request.
pub(in crate::sip) struct Quote<'a> {
    vias: Vec<&'a str>,
    /// From, To, Call-ID and CSeq, as far as they are there.
    named: Vec<(&'static str, &'a str)>,
}

const NAMED: [&str; 4] = ["From", "To", "Call-ID", "CSeq"];

impl<'a> Quote<'a> {
    pub(super) fn of_cut(cut: &'a Cut<'_>) -> Self {
        let named = NAMED.into_iter().filter_map(|name| Some((name, cut.all(name).next()?)));
        Self { vias: cut.all("Via").collect(), named: named.collect() }
    }

    pub fn of_request(request: &'a Request) -> Self {
        let named = NAMED.into_iter().filter_map(|name| Some((name, read::value(request, name)?)));
        Self { vias: read::values(request, "Via").collect(), named: named.collect() }
    }
}

/// Writes the answer, with `headers` as whole lines; what the request lacks, the answer lacks.
pub(in crate::sip) fn stateless(
    quote: &Quote<'_>,
    (code, phrase): (u16, &str),
    headers: &[String],
    source: SocketAddr,
    server: &str,
) -> Vec<u8> {
    let mut out = format!("SIP/2.0 {code} {phrase}\r\n");
    for (n, via) in quote.vias.iter().enumerate() {
        out.push_str("Via: ");
        if n == 0 {
            out.push_str(&received(via, source));
        } else {
            out.push_str(via);
        }
        out.push_str("\r\n");
    }
    for &(name, value) in &quote.named {
        out.push_str(name);
        out.push_str(": ");
        out.push_str(value);
        if name == "To" && !has_tag(value) {
            out.push_str(&format!(";tag={:016x}", stable_tag(quote)));
        }
        out.push_str("\r\n");
    }
    for header in headers {
        out.push_str(header);
        out.push_str("\r\n");
    }
    out.push_str(&format!("Server: {server}\r\nContent-Length: 0\r\n\r\n"));
    out.into_bytes()
}

/// The top Via with `received`, and `rport` filled in where it was asked for (RFC 3581 section 4).
fn received(via: &str, source: SocketAddr) -> String {
    let (top, others) = via.split_once(',').map_or((via, ""), |(top, others)| (top, others));
    let mut asked = false;
    let mut kept: Vec<&str> = Vec::new();
    for (n, param) in top.split(';').enumerate() {
        let name = param.split('=').next().unwrap_or_default().trim();
        if n > 0 && name.eq_ignore_ascii_case("rport") {
            asked = true;
        } else if n == 0 || !name.eq_ignore_ascii_case("received") {
            kept.push(param.trim());
        }
    }
    let mut out = format!("{};received={}", kept.join(";"), source.ip());
    if asked {
        out.push_str(&format!(";rport={}", source.port()));
    }
    if !others.is_empty() {
        out.push_str(", ");
        out.push_str(others.trim());
    }
    out
}

fn has_tag(to: &str) -> bool {
    let params = to.rsplit('>').next().unwrap_or(to);
    params
        .split(';')
        .skip(1)
        .any(|p| p.split('=').next().is_some_and(|n| n.trim().eq_ignore_ascii_case("tag")))
}

/// The same request again gets the same tag, without memory.
fn stable_tag(quote: &Quote<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    quote.vias.first().hash(&mut hasher);
    quote.named.hash(&mut hasher);
    hasher.finish()
}
