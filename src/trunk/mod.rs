//! Which trunk carries a call, and whether it is well. Floor 1, sans-IO.
//!
//! In: the plans, the number to call, faults and successes as they happen. Out: a route (a trunk with a slot
//! taken on it), the number to show, the calls per second allowed now, or why there is no route.

mod caller_ids;
mod fail_over;
mod health;
mod network;
mod plan;
mod rewrite;
mod router;
mod slots;
#[cfg(test)]
pub mod testing;

pub use caller_ids::caller_id;
pub use fail_over::may_fail_over;
pub use health::{Circuit, Health, Sign};
pub use network::Network;
pub use plan::{Account, CallerId, CallerIdStatus, HealthPlan, Peer, Proxy, Routing, Transport, TrunkPlan};
pub use rewrite::{Rewriting, Rule};
pub use router::{Ask, NoRoute, Route, Router};
pub use slots::{Slot, Slots};
