//! obzvon calls round a list of debtors by the rules and writes back what came of it.
//!
//! The map of the house. A module uses only floors below its own, never a neighbour; `tests/architecture.rs`
//! reads the sources and checks it.
//!
//! ```text
//! floor 4   cli  daemon  demo                            clock, tasks, threads, signals; wires everything
//! floor 3   config  import  store  sip  media  webrtc  synthesis  web  writeback    each speaks to one outside thing and alone names its library
//! floor 2   call  campaign  cases  quality  simulate                     sans-IO cores that compose floor 1
//! floor 1   rules  pacing  agents  trunk  ivr  detect  speech  stats    sans-IO cores that know only the domain
//! floor 0   domain                                       nouns
//! ```
//!
//! A contact's way: import → contact → `campaign` picks by expected value → `rules` decide → `store` reserves in
//! one transaction and hands out a permit → `sip` sends the INVITE → `call` drives flow, detector and legs →
//! `store` finishes in one transaction → `stats`.

#![forbid(unsafe_code)]

pub mod domain;

pub mod agents;
pub mod detect;
pub mod ivr;
pub mod pacing;
pub mod rules;
pub mod speech;
pub mod stats;
pub mod trunk;

pub mod call;
pub mod campaign;
pub mod cases;
pub mod quality;
pub mod simulate;

pub mod config;
pub mod import;
pub mod media;
pub mod sip;
pub mod store;
pub mod synthesis;
pub mod web;
pub mod webrtc;
pub mod writeback;

pub mod cli;
pub mod daemon;
pub mod demo;
