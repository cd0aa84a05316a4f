//! Who works the phones: the name an agent logs in with.

use std::fmt;
use std::sync::Arc;

/// An agent's login: 1 to 32 of `a`–`z`, `0`–`9`, `-`, `_`, `.`. It is the user part of his SIP address too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgentId(Arc<str>);

impl AgentId {
    /// Reads a login as it is written in files; capitals are another agent's or nobody's.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
        ((1..=32).contains(&text.len()) && text.bytes().all(fits)).then(|| Self(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
