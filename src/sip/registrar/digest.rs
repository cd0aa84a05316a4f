//! Digest authentication as a server (RFC 7616, RFC 8760): what stands for a password, and what a client answers.

use md5::Md5;
use sha2::{Digest, Sha256};

use crate::domain::DigestAccount;
use crate::sip::message::digest::params;

/// The hashes that stand for a password in this realm.
pub fn digest_account(user: &str, realm: &str, password: &str) -> DigestAccount {
    let text = format!("{user}:{realm}:{password}");
    DigestAccount { md5: Some(Md5::digest(&text).into()), sha256: Some(Sha256::digest(&text).into()) }
}

/// A hash that we offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Md5,
    Sha256,
}

/// An Authorization header, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub user: String,
    pub realm: String,
    pub nonce: String,
    pub algorithm: Algorithm,
    /// In small letters.
    pub response: String,
    /// The nonce's count of uses.
    pub nc: u32,
    uri: String,
    /// As written: it is hashed.
    nc_text: String,
    cnonce: String,
}

impl Claim {
    /// Reads the header's value; `None` where a part is missing. `qop=auth` is asked for and has to be there: without
    /// it no use of a nonce could be told from the next.
    pub fn read(value: &str) -> Option<Self> {
        let (scheme, rest) = value.split_once(char::is_whitespace)?;
        scheme.eq_ignore_ascii_case("Digest").then_some(())?;
        let params = params(rest);
        let get = |name: &str| {
            params.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
        };
        let algorithm = match get("algorithm").as_deref().unwrap_or("MD5").to_ascii_uppercase().as_str() {
            "MD5" => Algorithm::Md5,
            "SHA-256" => Algorithm::Sha256,
            _ => return None,
        };
        get("qop").filter(|qop| qop.eq_ignore_ascii_case("auth"))?;
        let nc_text = get("nc").filter(|nc| nc.len() == 8)?;
        Some(Self {
            user: get("username")?,
            realm: get("realm")?,
            nonce: get("nonce")?,
            algorithm,
            response: get("response")?.to_ascii_lowercase(),
            nc: u32::from_str_radix(&nc_text, 16).ok().filter(|nc| *nc > 0)?,
            uri: get("uri")?,
            nc_text,
            cnonce: get("cnonce")?,
        })
    }

    /// The response that whoever knows `ha1` would give.
    pub fn expected(&self, ha1: &str, method: &str) -> String {
        let ha2 = self.algorithm.hex(&format!("{method}:{}", self.uri));
        let Self { nonce, nc_text, cnonce, .. } = self;
        self.algorithm.hex(&format!("{ha1}:{nonce}:{nc_text}:{cnonce}:auth:{ha2}"))
    }
}

impl Algorithm {
    fn hex(self, text: &str) -> String {
        match self {
            Self::Md5 => hex::encode(Md5::digest(text)),
            Self::Sha256 => hex::encode(Sha256::digest(text)),
        }
    }

    /// A hash that nobody's password has, for accounts that are not there: it costs as much to check.
    pub fn nobody(self) -> String {
        match self {
            Self::Md5 => "-".repeat(32),
            Self::Sha256 => "-".repeat(64),
        }
    }
}

/// Compares without telling by its time where the two differ.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let pairs = one.bytes().zip(other.bytes());
    one.len() == other.len() && pairs.fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}
