//! Signatures by Standard Webhooks 1.0: HMAC-SHA256 over id, time and body.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::SigningKey;

/// The value of `webhook-signature` for a message sent at `unix_s`, seconds since 1970.
pub fn sign(key: &SigningKey, id: &str, unix_s: i64, body: &str) -> String {
    let code = code(key, (id, unix_s), body.as_bytes()).finalize();
    format!("{VERSION}{}", BASE64_STANDARD.encode(code.into_bytes()))
}

/// Whether one of the `signatures`, as `webhook-signature` has them with spaces between, is the key's: a sender who changes his
/// key signs by both for a while. Compared in a time that tells nothing.
pub fn is_signed(key: &SigningKey, message: (&str, i64), body: &[u8], signatures: &str) -> bool {
    let code = code(key, message, body);
    let told = signatures.split(' ').filter_map(|one| one.strip_prefix(VERSION));
    told.filter_map(|told| BASE64_STANDARD.decode(told).ok())
        .any(|told| code.clone().verify_slice(&told).is_ok())
}

/// What a signature of the only symmetric kind begins with.
const VERSION: &str = "v1,";

fn code(key: &SigningKey, (id, unix_s): (&str, i64), body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.bytes()).expect("HMAC takes a key of any length");
    mac.update(format!("{id}.{unix_s}.").as_bytes());
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector that the reference libraries of Standard Webhooks are tested with.
    #[test]
    fn a_signature_is_that_of_the_reference() {
        let key = SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a key");
        let signed = sign(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn what_is_signed_by_the_key_is_known_among_other_signatures_and_nothing_else_is() {
        let [key, other] =
            ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx"]
                .map(|text| SigningKey::parse(text).expect("a key"));
        let (ours, theirs) = (sign(&key, "m1", 7, "{}"), sign(&other, "m1", 7, "{}"));
        let is = |signatures: &str| is_signed(&key, ("m1", 7), b"{}", signatures);
        assert!(is(&ours) && is(&format!("{theirs} {ours}")) && is(&format!("v1a,x {ours}")));
        for wrong in ["", &theirs, &ours[3..], &ours.replace("v1", "v2"), "v1,", "v1,!"] {
            assert!(!is(wrong), "{wrong}");
        }
        assert!(!is_signed(&key, ("m2", 7), b"{}", &ours) && !is_signed(&key, ("m1", 8), b"{}", &ours));
        assert!(!is_signed(&key, ("m1", 7), b"{ }", &ours));
    }
}
