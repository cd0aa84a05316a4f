//! What stands for a password in digest authentication.

use std::fmt;

/// HA1 = H(user:realm:password) by algorithm (RFC 7616 section 3.4.2, RFC 8760). Whoever has one can log in with that
/// algorithm: Debug hides them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct DigestAccount {
    pub md5: Option<[u8; 16]>,
    pub sha256: Option<[u8; 32]>,
}

impl fmt::Debug for DigestAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let there = |is: bool| if is { "…" } else { "none" };
        write!(
            f,
            "DigestAccount {{ md5: {}, sha256: {} }}",
            there(self.md5.is_some()),
            there(self.sha256.is_some())
        )
    }
}
