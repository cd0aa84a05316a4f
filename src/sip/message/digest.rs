//! Digest authentication as a client (RFC 7616, RFC 8760): MD5, SHA-256, SHA-512-256, `qop=auth` or none.

use md5::Md5;
use rsipstack::sip::Response;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256, Sha512_256};

use super::read;
use crate::sip::Credentials;

/// A hash we answer with, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Algorithm {
    Md5,
    Sha256,
    Sha512_256,
}

/// One challenge we can answer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Challenge {
    algorithm: Algorithm,
    /// As the challenge spelt it, `None` where it said nothing.
    spelling: Option<String>,
    realm: String,
    nonce: String,
    opaque: Option<String>,
    /// The challenge offers `qop=auth`.
    qop: bool,
    stale: bool,
}

/// Why a challenge can't be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::sip) enum Unanswerable {
    #[error("no credentials configured")]
    NoCredentials,
    #[error("credentials refused")]
    Refused,
    #[error("only auth-int is offered, which we do not speak")]
    AuthInt,
    #[error("no algorithm we speak")]
    Algorithm,
    #[error("unreadable challenge")]
    Unreadable,
}

/// What has been tried in one chain of requests.
#[derive(Clone, Debug, Default)]
pub(in crate::sip) struct Tried {
    nonce: Option<String>,
    times: u32,
}

/// Challenges answered in one chain before we give up, stale ones included.
const MOST_TRIES: u32 = 3;

/// Answers a 401 or 407: the name and value of the header to add.
pub(in crate::sip) fn answer(
    tried: &mut Tried,
    response: &Response,
    credentials: Option<&Credentials>,
    request: (&str, &str),
    cnonce: u64,
) -> Result<(&'static str, String), Unanswerable> {
    let credentials = credentials.ok_or(Unanswerable::NoCredentials)?;
    let proxy = response.status_code.code() == 407;
    let (asks, answers) = if proxy {
        ("Proxy-Authenticate", "Proxy-Authorization")
    } else {
        ("WWW-Authenticate", "Authorization")
    };
    let challenge = strongest(read::values(response, asks))?;
    // A second challenge is fair with `stale`, or with a new nonce for a server that forgets to say so.
    let same = tried.nonce.as_ref() == Some(&challenge.nonce);
    if tried.times >= MOST_TRIES || (tried.times > 0 && same && !challenge.stale) {
        return Err(Unanswerable::Refused);
    }
    if tried.times > 1 && !challenge.stale {
        return Err(Unanswerable::Refused);
    }
    tried.times += 1;
    tried.nonce = Some(challenge.nonce.clone());
    Ok((answers, challenge.answer(credentials, request, cnonce)))
}

/// The strongest challenge we can answer (RFC 8760 section 2.4).
fn strongest<'a>(values: impl Iterator<Item = &'a str>) -> Result<Challenge, Unanswerable> {
    let mut why = Unanswerable::Unreadable;
    let mut best: Option<Challenge> = None;
    for value in values {
        match Challenge::read(value) {
            Ok(challenge) if best.as_ref().is_none_or(|b| b.algorithm < challenge.algorithm) => {
                best = Some(challenge);
            }
            Ok(_) => {}
            Err(fault) => why = fault,
        }
    }
    best.ok_or(why)
}

impl Challenge {
    fn read(value: &str) -> Result<Self, Unanswerable> {
        let (scheme, rest) = value.split_once(char::is_whitespace).ok_or(Unanswerable::Unreadable)?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return Err(Unanswerable::Algorithm);
        }
        let params = params(rest);
        let get =
            |name: &str| params.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.clone());
        let spelling = get("algorithm");
        let algorithm = match spelling.as_deref().unwrap_or("MD5").to_ascii_uppercase().as_str() {
            "MD5" => Algorithm::Md5,
            "SHA-256" | "SHA256" => Algorithm::Sha256,
            "SHA-512-256" => Algorithm::Sha512_256,
            _ => return Err(Unanswerable::Algorithm),
        };
        let qops = get("qop");
        let qop =
            qops.as_deref().is_some_and(|q| q.split(',').any(|one| one.trim().eq_ignore_ascii_case("auth")));
        if qops.is_some_and(|q| !q.trim().is_empty()) && !qop {
            return Err(Unanswerable::AuthInt);
        }
        Ok(Self {
            algorithm,
            spelling,
            realm: get("realm").ok_or(Unanswerable::Unreadable)?,
            nonce: get("nonce").ok_or(Unanswerable::Unreadable)?,
            opaque: get("opaque"),
            qop,
            stale: get("stale").is_some_and(|s| s.eq_ignore_ascii_case("true")),
        })
    }

    fn answer(&self, credentials: &Credentials, (method, uri): (&str, &str), cnonce: u64) -> String {
        let (user, password) = (&credentials.user, credentials.password.expose_secret());
        let hash = |text: &str| self.algorithm.hex(text);
        let ha1 = hash(&format!("{user}:{}:{password}", self.realm));
        let ha2 = hash(&format!("{method}:{uri}"));
        let cnonce = format!("{cnonce:016x}");
        let response = if self.qop {
            hash(&format!("{ha1}:{}:00000001:{cnonce}:auth:{ha2}", self.nonce))
        } else {
            hash(&format!("{ha1}:{}:{ha2}", self.nonce))
        };
        let mut out = format!(
            "Digest username=\"{}\", realm=\"{}\", nonce=\"{}\", uri=\"{uri}\", response=\"{response}\"",
            escape(user),
            escape(&self.realm),
            escape(&self.nonce),
        );
        if let Some(spelling) = &self.spelling {
            out.push_str(&format!(", algorithm={spelling}"));
        }
        if let Some(opaque) = &self.opaque {
            out.push_str(&format!(", opaque=\"{}\"", escape(opaque)));
        }
        if self.qop {
            out.push_str(&format!(", qop=auth, nc=00000001, cnonce=\"{cnonce}\""));
        }
        out
    }
}

impl Algorithm {
    fn hex(self, text: &str) -> String {
        match self {
            Self::Md5 => hex::encode(Md5::digest(text)),
            Self::Sha256 => hex::encode(Sha256::digest(text)),
            Self::Sha512_256 => hex::encode(Sha512_256::digest(text)),
        }
    }
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// `name=value` and `name="value"` pairs, commas inside quotes kept.
pub(in crate::sip) fn params(text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches(|c: char| c == ',' || c.is_whitespace()).to_owned();
        let after = after.trim_start();
        let (value, tail) = match after.strip_prefix('"') {
            Some(quoted) => unquote(quoted),
            None => {
                let end = after.find(',').unwrap_or(after.len());
                (after[..end].trim().to_owned(), &after[end..])
            }
        };
        out.push((name, value));
        rest = tail;
    }
    out
}

/// The text up to the closing quote, and what follows it.
fn unquote(text: &str) -> (String, &str) {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (out, &text[at + 1..]),
            '\\' => out.extend(chars.next().map(|(_, escaped)| escaped)),
            other => out.push(other),
        }
    }
    (out, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer_to(challenge: &str) -> Result<String, Unanswerable> {
        let credentials = Credentials { user: "Mufasa".into(), password: "Circle of Life".to_owned().into() };
        Ok(strongest([challenge].into_iter())?.answer(&credentials, ("GET", "/dir/index.html"), 0))
    }

    fn field<'a>(answer: &'a str, name: &str) -> &'a str {
        let at = answer.find(&format!("{name}=\"")).expect("field") + name.len() + 2;
        answer[at..].split('"').next().expect("quote")
    }

    /// The example of RFC 2069 as corrected by its errata, and of RFC 7616 with its own client nonce.
    #[test]
    fn known_answers_come_out() {
        let challenge = r#"Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41""#;
        let credentials = Credentials { user: "Mufasa".into(), password: "CircleOfLife".to_owned().into() };
        let read = Challenge::read(challenge).expect("challenge");
        let answer = read.answer(&credentials, ("GET", "/dir/index.html"), 0);
        assert_eq!(field(&answer, "response"), "1949323746fe6a43ef61f9606e7febea");
        assert!(answer.contains("opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""));
        assert!(!answer.contains("qop"));
    }

    #[test]
    fn the_strongest_algorithm_is_taken() {
        let md5 = r#"Digest realm="a", nonce="n", qop="auth", algorithm=MD5"#;
        let sha = r#"Digest realm="a", nonce="n", qop="auth,auth-int", algorithm=SHA-256"#;
        let best = strongest([md5, sha, r#"Digest realm="a", nonce="n", algorithm=MD7"#].into_iter());
        assert_eq!(best.expect("one is spoken").algorithm, Algorithm::Sha256);
        assert!(answer_to(sha).expect("spoken").contains("algorithm=SHA-256, qop=auth, nc=00000001"));
    }

    #[test]
    fn auth_int_alone_is_refused_clearly() {
        assert_eq!(answer_to(r#"Digest realm="a", nonce="n", qop="auth-int""#), Err(Unanswerable::AuthInt));
        assert_eq!(answer_to(r#"Basic realm="a""#), Err(Unanswerable::Algorithm));
        assert_eq!(answer_to("Digest nonce=\"n\""), Err(Unanswerable::Unreadable));
    }

    #[test]
    fn odd_spacing_and_escapes_are_read() {
        let read = params(r#" realm = "a \"b\", c" ,nonce=xyz,  qop="auth""#);
        assert_eq!(read[0], ("realm".to_owned(), "a \"b\", c".to_owned()));
        assert_eq!(read[1], ("nonce".to_owned(), "xyz".to_owned()));
        assert_eq!(read[2].1, "auth");
    }
}
