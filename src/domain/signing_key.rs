//! A key that messages to another system are signed with.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// A signing key by Standard Webhooks 1.0, written `whsec_` and 24 to 64 bytes in Base64. Hidden in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey(Vec<u8>);

/// Why a text is no signing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningKeyError {
    #[error("a signing key begins with whsec_")]
    Prefix,
    #[error("what follows whsec_ is not Base64")]
    Base64,
    #[error("a signing key has 24 to 64 bytes, this one {bytes}")]
    Length { bytes: usize },
}

impl SigningKey {
    /// Reads a signing key.
    ///
    /// # Errors
    /// When it is not one; the error repeats nothing of it.
    pub fn parse(text: &str) -> Result<Self, SigningKeyError> {
        let encoded = text.trim().strip_prefix("whsec_").ok_or(SigningKeyError::Prefix)?;
        let key = BASE64_STANDARD.decode(encoded).map_err(|_| SigningKeyError::Base64)?;
        if !(24..=64).contains(&key.len()) {
            return Err(SigningKeyError::Length { bytes: key.len() });
        }
        Ok(Self(key))
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("whsec_…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_and_hidden() {
        let key = SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a key");
        assert_eq!((key.bytes().len(), format!("{key:?}").as_str()), (24, "whsec_…"));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let refused = |text| SigningKey::parse(text).expect_err("no key");
        assert_eq!(refused("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), SigningKeyError::Prefix);
        assert_eq!(refused("whsec_not base64"), SigningKeyError::Base64);
        assert_eq!(refused("whsec_c2hvcnQ="), SigningKeyError::Length { bytes: 5 });
    }
}
