//! The agents' desk in a whole daemon: the interface for programs, and a shift in a real browser with a real phone.

#![allow(clippy::disallowed_methods, reason = "a test of a running program waits by the clock")]

#[path = "../house/mod.rs"]
mod house;
#[path = "../baresip_phone/phone.rs"]
mod phone;
#[path = "../program/mod.rs"]
mod signed_in;

mod browser;
mod colleague;
mod decisions;
mod interface;
mod office;
mod paid;
mod shift;
mod sound;
mod supervisor;
mod whole_shift;
