//! Agents' phones: who they are (RFC 7616, RFC 8760), and where they can be reached (RFC 3261 section 10).

mod account;

pub use account::digest_account;
