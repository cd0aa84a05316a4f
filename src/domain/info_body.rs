//! How a SIP INFO writes a key.

/// The body of a SIP INFO that tells a key. Some gateways send both for one press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InfoBody {
    /// `application/dtmf`: the key alone.
    Dtmf,
    /// `application/dtmf-relay`: the key and how long it was held.
    DtmfRelay,
}
