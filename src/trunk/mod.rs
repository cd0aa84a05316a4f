//! Which trunk carries a call, and whether it is well. Floor 1, sans-IO.
//!
//! In: the plans, the number to call, faults and successes as they happen. Out: a route (trunk and number
//! written for it), a caller id, the calls per second allowed now, or why there is none.

mod plan;
mod rewrite;

pub use plan::{Account, CallerId, CallerIdStatus, HealthPlan, Peer, Proxy, Routing, Transport, TrunkPlan};
pub use rewrite::{Rewriting, Rule};
