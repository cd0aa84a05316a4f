//! A plain trunk and a first instant, for this module's tests.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use super::{HealthPlan, Peer, Rewriting, Routing, Transport, TrunkPlan};
use crate::domain::{Codec, Currency, Money};

/// A trunk that takes every number, with 5 calls a second and 10 slots.
pub fn trunk(name: &str) -> TrunkPlan {
    let nonzero = |number| NonZeroU32::new(number).expect("above 0");
    TrunkPlan {
        name: name.into(),
        peer: Peer {
            host: "192.0.2.1".into(),
            port: None,
            transport: Transport::Udp,
            offers_tcp: false,
            takes_refer: false,
            takes_replaces: false,
            outbound_proxy: None,
            from: Vec::new(),
        },
        account: None,
        cps: nonzero(5),
        channels: nonzero(10),
        ring_limit: Duration::from_secs(35),
        routing: Routing {
            prefixes: Vec::new(),
            priority: 0,
            weight: 1,
            cost_per_minute: Money::new(0, Currency::Rub),
        },
        caller_ids: Vec::new(),
        rewriting: Rewriting::default(),
        codecs: vec![Codec::Pcma],
        health: HealthPlan {
            faults_to_open: nonzero(3),
            rest: Duration::from_secs(30),
            ramp: Duration::from_secs(10),
            probe: None,
        },
    }
}

/// An arbitrary instant, the same in one process.
#[expect(clippy::disallowed_methods, reason = "a test needs some instant to begin with")]
pub fn origin() -> Instant {
    static ORIGIN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    *ORIGIN.get_or_init(Instant::now)
}
