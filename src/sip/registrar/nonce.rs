//! Nonces that we know again without remembering them: the second they were made in, and a signature.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::IpAddr;

use sha2::{Digest, Sha256};

/// A nonce is good for so long, in seconds.
pub(super) const LIFETIME_S: u64 = 300;
/// Bytes of the signature that are kept.
const SIGNATURE: usize = 16;

/// Makes nonces and knows them again. The key is this process's own: after a restart phones are asked anew.
#[derive(Debug)]
pub(super) struct Nonces {
    key: [u8; 32],
    made: u64,
}

/// What a nonce is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    Fresh,
    /// Ours, and too old.
    Old,
    /// Not ours, made for another address, or made by an earlier process.
    Foreign,
}

impl Nonces {
    pub fn new() -> Self {
        // The keys the system gives every hash map are its random numbers.
        let mut key = [0; 32];
        for part in key.chunks_exact_mut(8) {
            part.copy_from_slice(&RandomState::new().build_hasher().finish().to_le_bytes());
        }
        Self { key, made: 0 }
    }

    /// A nonce for `source`, never made before.
    pub fn make(&mut self, source: IpAddr, second: u64) -> String {
        self.made += 1;
        let stamp = format!("{second:08x}{:08x}", self.made);
        let signature = self.sign(&stamp, source);
        format!("{stamp}{signature}")
    }

    pub fn judge(&self, nonce: &str, source: IpAddr, second: u64) -> Age {
        let Some((stamp, signature)) = nonce.split_at_checked(nonce.len().saturating_sub(2 * SIGNATURE))
        else {
            return Age::Foreign;
        };
        let made = stamp.get(..stamp.len().saturating_sub(8)).and_then(|s| u64::from_str_radix(s, 16).ok());
        match made {
            Some(made) if super::digest::is_same(&self.sign(stamp, source), signature) => {
                if made + LIFETIME_S > second { Age::Fresh } else { Age::Old }
            }
            _ => Age::Foreign,
        }
    }

    fn sign(&self, stamp: &str, source: IpAddr) -> String {
        let said = format!("{stamp} {}", source.to_canonical());
        hex::encode(&hmac(&self.key, said.as_bytes())[..SIGNATURE])
    }
}

/// HMAC-SHA-256 (RFC 2104) with a key of up to 64 bytes.
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231 section 4.3.
    #[test]
    fn the_signature_is_the_one_of_the_rfc() {
        let signed = hex::encode(hmac(b"Jefe", b"what do ya want for nothing?"));
        assert_eq!(signed, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn a_nonce_is_good_for_its_time_and_its_source() {
        let mut nonces = Nonces::new();
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|ip| ip.parse::<IpAddr>().unwrap());
        let nonce = nonces.make(one, 10);
        assert_ne!(nonce, nonces.make(one, 10));
        assert_eq!(nonces.judge(&nonce, one, 10 + LIFETIME_S - 1), Age::Fresh);
        assert_eq!(nonces.judge(&nonce, one, 10 + LIFETIME_S), Age::Old);
        assert_eq!(nonces.judge(&nonce, other, 10), Age::Foreign);
        assert_eq!(nonces.judge(&nonce.replacen('a', "b", 1).replacen('0', "1", 1), one, 10), Age::Foreign);
        assert_eq!(Nonces::new().judge(&nonce, one, 10), Age::Foreign, "another process");
        for odd in ["", "x", "жжжжжжжжжжжжжжжжжжжжжж", &"f".repeat(47)] {
            assert_eq!(nonces.judge(odd, one, 10), Age::Foreign);
        }
    }
}
