//! From a password to what is kept of it.

use md5::Md5;
use sha2::{Digest, Sha256};

use crate::domain::DigestAccount;

/// The hashes that stand for a password in this realm.
pub fn digest_account(user: &str, realm: &str, password: &str) -> DigestAccount {
    let text = format!("{user}:{realm}:{password}");
    DigestAccount { md5: Some(Md5::digest(&text).into()), sha256: Some(Sha256::digest(&text).into()) }
}
