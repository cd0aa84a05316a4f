//! The demo: an invented list and a simulated carrier around the real daemon. Floor 4.

pub mod carrier;
pub mod carrier_config;
pub mod people;
pub mod show;

mod run;

pub use run::{DemoPlan, run};
