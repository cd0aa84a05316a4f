//! The port over the SIP library: places calls, registers with trunks, probes them, answers strangers.
//!
//! In go plans ([`SipPlan`], [`PlaceCall`], [`RegisterPlan`]); out come a [`Leg`] with its [`LegEvent`]s, a
//! [`Registration`] with its states, a [`ProbeAnswer`]. Nothing above this module sees the library's types. No clock is
//! read here: stamps are the daemon's; timers are the library's and tokio's.

mod counts;
mod error;
mod event;
pub mod guard;
mod ladder;
mod leg;
mod message;
mod place;
mod plan;
mod probe;
mod reason;
mod register;
mod registrar;
pub mod sdp;
mod stack;
mod stranger;
mod trunk_target;
mod wire;

pub use counts::StackCounts;
pub use error::{SipError, Unreached};
pub use event::{LegEvent, LegFault};
pub use ladder::Rung;
pub use leg::Leg;
pub use message::dialog::DialogName;
pub use place::PlaceCall;
pub use plan::SipPlan;
pub use probe::ProbeAnswer;
pub use reason::Reason;
pub use register::{RegisterPlan, Registration, RegistrationState};
pub use registrar::{Phone, PhoneEvent, RegistrarPlan, digest_account};
pub use stack::SipStack;
pub use stranger::{Answering, Caller, IncomingCall, Refused};
pub use trunk_target::{Credentials, Hop, SessionTimer, Transport, TrunkTarget};
