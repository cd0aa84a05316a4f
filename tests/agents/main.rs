//! Live agents in a whole daemon: people are called, judged and joined to agents' phones, and nobody is left in silence.
//!
//! Both sides' phones have a tone for a voice, and keep what they hear.

#![allow(clippy::disallowed_methods, reason = "a test of a running program waits by the clock")]

#[path = "../registrar/client.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod client;
#[path = "../baresip_phone/compare.rs"]
mod compare;
#[path = "../house/mod.rs"]
mod house;
#[path = "../baresip_phone/phone.rs"]
mod phone;
#[path = "../program/mod.rs"]
mod signed_in;
#[path = "../sipp_harness/mod.rs"]
mod sipp_harness;

mod absent;
mod alone;
mod blended;
mod callbacks;
mod colleagues;
mod complement;
mod crash;
mod inbound;
mod loss;
mod many;
mod office;
mod outside;
mod phones;
mod predictive;
mod preview;
mod program;
mod progressive;
mod queue;
mod refer;
mod served;
mod supervision;
mod talk;
