//! The agents' desk in a whole daemon: the interface for programs.

#![allow(clippy::disallowed_methods, reason = "a test of a running program waits by the clock")]

#[path = "../house/mod.rs"]
mod house;

mod interface;
mod office;
