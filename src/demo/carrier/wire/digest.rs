//! The challenge of a carrier that asks for a password (RFC 7616, RFC 8760).

use md5::{Digest, Md5};
use sha2::Sha256;

use super::message::{Message, Start};

/// Who may call, and how he must prove it.
#[derive(Clone, Debug)]
pub struct Challenge {
    pub user: String,
    pub password: String,
    pub realm: String,
    pub algorithm: Algorithm,
    /// Asks for `qop=auth`; without it the old form of RFC 2069.
    pub qop: bool,
}

/// The hash of a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Md5,
    Sha256,
}

impl Challenge {
    /// The challenge's header value. `stale` tells that only the nonce was wrong.
    pub fn ask(&self, nonce: &str, stale: bool) -> String {
        let qop = if self.qop { ", qop=\"auth\"" } else { "" };
        let stale = if stale { ", stale=true" } else { "" };
        let algorithm = self.algorithm.name();
        format!("Digest realm=\"{}\", nonce=\"{nonce}\", algorithm={algorithm}{qop}{stale}", self.realm)
    }

    /// Whether the request proves knowledge of the password under `nonce`.
    pub fn accepts(&self, request: &Message, header: &str, nonce: &str) -> bool {
        let Some(given) = request.header(header).and_then(|h| h.strip_prefix("Digest ")) else {
            return false;
        };
        let field = |name: &str| quoted(given, name);
        let Start::Request { method, .. } = &request.start else { return false };
        let (Some(uri), Some(response)) = (field("uri"), field("response")) else { return false };
        if field("username") != Some(&self.user) || field("nonce") != Some(nonce) {
            return false;
        }
        let secret = self.hash(&format!("{}:{}:{}", self.user, self.realm, self.password));
        let act = self.hash(&format!("{method}:{uri}"));
        let proof = match (field("qop"), field("nc"), field("cnonce")) {
            (Some(qop), Some(nc), Some(cnonce)) => format!("{secret}:{nonce}:{nc}:{cnonce}:{qop}:{act}"),
            _ => format!("{secret}:{nonce}:{act}"),
        };
        self.hash(&proof).eq_ignore_ascii_case(response)
    }

    fn hash(&self, text: &str) -> String {
        match self.algorithm {
            Algorithm::Md5 => hex::encode(Md5::digest(text)),
            Algorithm::Sha256 => hex::encode(Sha256::digest(text)),
        }
    }
}

impl Algorithm {
    fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }
}

/// A field of a comma list of `name=value`, quoted or not; quoted commas stay inside.
fn quoted<'a>(list: &'a str, name: &str) -> Option<&'a str> {
    let mut inside = false;
    let mut fields = list.split(move |c: char| {
        inside ^= c == '"';
        c == ',' && !inside
    });
    fields.find_map(|field| {
        let (key, value) = field.trim().split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_2617_section_3_5_is_accepted_and_a_changed_one_is_not() {
        let challenge = Challenge {
            user: "Mufasa".to_owned(),
            password: "Circle Of Life".to_owned(),
            realm: "testrealm@host.com".to_owned(),
            algorithm: Algorithm::Md5,
            qop: true,
        };
        let nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
        let request = |response: &str| {
            let text = format!(
                "GET sip:x SIP/2.0\r\nAuthorization: Digest username=\"Mufasa\", realm=\"testrealm@host.com\", \
                 nonce=\"{nonce}\", uri=\"/dir/index.html\", qop=auth, nc=00000001, cnonce=\"0a4f113b\", \
                 response=\"{response}\"\r\n\r\n"
            );
            Message::parse(text.as_bytes()).expect("SIP")
        };
        assert!(challenge.accepts(&request("6629fae49393a05397450978507c4ef1"), "authorization", nonce));
        assert!(!challenge.accepts(&request("6629fae49393a05397450978507c4ef0"), "authorization", nonce));
        assert!(!challenge.accepts(&request("6629fae49393a05397450978507c4ef1"), "authorization", "another"));
        assert_eq!(quoted("a=\"x,y\", b = z", "b"), Some("z"));
    }
}
