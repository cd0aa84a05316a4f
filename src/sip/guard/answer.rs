//! The stateless answer to a request that goes no further (RFC 3261 section 8.2.7).

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;

use super::cut::Cut;
use super::request::Refusal;

/// Writes the answer; what the request lacks, the answer lacks.
pub(super) fn write(cut: &Cut<'_>, refusal: &Refusal, source: SocketAddr, server: &str) -> Vec<u8> {
    let mut out = format!("SIP/2.0 {} {}\r\n", refusal.code, refusal.phrase);
    for (n, via) in cut.all("Via").enumerate() {
        out.push_str("Via: ");
        if n == 0 {
            out.push_str(&received(via, source));
        } else {
            out.push_str(via);
        }
        out.push_str("\r\n");
    }
    for name in ["From", "To", "Call-ID", "CSeq"] {
        if let Some(value) = cut.all(name).next() {
            out.push_str(name);
            out.push_str(": ");
            out.push_str(value);
            if name == "To" && !has_tag(value) {
                out.push_str(&format!(";tag={:016x}", stable_tag(cut)));
            }
            out.push_str("\r\n");
        }
    }
    if let Some(header) = &refusal.header {
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
fn stable_tag(cut: &Cut<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for name in ["Via", "Call-ID", "CSeq", "From"] {
        cut.all(name).next().hash(&mut hasher);
    }
    hasher.finish()
}
