//! What is known of a trunk before it is used: the shape `config/trunks.toml` is read into.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::{Network, Rewriting};
use crate::domain::{Codec, Money, PhoneNumber};

/// A trunk: one way out to the telephone network.
#[derive(Clone, Debug)]
pub struct TrunkPlan {
    /// Unique among the trunks; it stands in attempts and metrics.
    pub name: Arc<str>,
    pub peer: Peer,
    /// How we show who we are; a trunk that knows us by address has none.
    pub account: Option<Account>,
    /// Calls per second the carrier allows, over all campaigns.
    pub cps: NonZeroU32,
    /// Calls at once the carrier allows.
    pub channels: NonZeroU32,
    /// Longest ringing before we cancel, counted from the INVITE.
    pub ring_limit: Duration,
    pub routing: Routing,
    /// Numbers we may show on this trunk, in the order of the file.
    pub caller_ids: Vec<CallerId>,
    pub rewriting: Rewriting,
    /// In the order of the offer; never empty.
    pub codecs: Vec<Codec>,
    pub health: HealthPlan,
}

/// Where the trunk's signalling goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// A host name or an address; IPv6 without brackets.
    pub host: String,
    /// `None`: by SRV (RFC 3263), else 5060, or 5061 for TLS.
    pub port: Option<u16>,
    pub transport: Transport,
    /// The peer takes TCP as well, so that a message over 1,300 bytes may go that way (RFC 3261 section 18.1.1).
    pub offers_tcp: bool,
    /// The peer moves a call of ours to another number when asked (REFER), so that it no longer goes through us.
    pub takes_refer: bool,
    /// It also joins two calls of ours with each other when asked (REFER with Replaces, RFC 3891), so that both leave us.
    pub takes_replaces: bool,
    /// Everything goes through this one (a pre-loaded Route).
    pub outbound_proxy: Option<Proxy>,
    /// Where its calls may come from beside the addresses of its host and proxy.
    pub from: Vec<Network>,
}

/// An outbound proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    pub host: String,
    pub port: Option<u16>,
}

/// Carriage of SIP. WebSocket is not built: a file that asks for it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    Tcp,
    Tls,
    Udp,
}

impl Transport {
    pub const ALL: [Self; 3] = [Self::Tcp, Self::Tls, Self::Udp];

    /// The code in files and in a `transport` parameter.
    pub fn code(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Udp => "udp",
        }
    }
}

/// Digest credentials, and whether to register with them.
#[derive(Clone, Debug)]
pub struct Account {
    pub user: String,
    /// From the environment or a file, never from the TOML.
    pub password: SecretString,
    /// `Some`: register and ask for this long (RFC 3261 section 10).
    pub register: Option<Duration>,
}

/// What the router weighs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routing {
    /// Digits after `+` a number must begin with, any of them; empty: takes every number.
    pub prefixes: Vec<String>,
    /// Lower goes first, as in SRV.
    pub priority: u16,
    /// Share among equals of one priority; 0 only when nothing else is left.
    pub weight: u16,
    /// Price of a minute; decides last, and stands in the attempt.
    pub cost_per_minute: Money,
}

/// A number we show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerId {
    pub number: PhoneNumber,
    pub status: CallerIdStatus,
}

/// Whether the number is ours to show: calls may go out only from numbers allocated to the creditor or his
/// representative by contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallerIdStatus {
    /// Allocated by contract; the only one we dial with.
    Allocated,
    /// Resting: marked as spam, under complaint, or not ours yet.
    Withdrawn,
}

/// When a trunk counts as ill and how it comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthPlan {
    /// Faults in a row that open the circuit.
    pub faults_to_open: NonZeroU32,
    /// How long an open circuit rests before one trial call.
    pub rest: Duration,
    /// After recovery the calls per second grow from one to all over this time.
    pub ramp: Duration,
    /// `Some`: an OPTIONS probe so often (RFC 3261 section 11).
    pub probe: Option<Duration>,
}
