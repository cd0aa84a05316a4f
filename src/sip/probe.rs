//! Asking a trunk with OPTIONS whether it is there (RFC 3261 section 11).

/// What a probe found. Any final response but 503 and 408 means: there is someone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProbeAnswer {
    Alive {
        code: u16,
    },
    /// 503 or another refusal to serve; seconds of Retry-After where given.
    Refusing {
        code: u16,
        retry_after_s: Option<u32>,
    },
    Silent,
    Unreachable(String),
}
