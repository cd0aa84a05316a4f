//! Names are said by a speech engine beforehand: real engines, broken ones, and the call in which a name is heard.

#![allow(clippy::disallowed_methods, reason = "a test of a running program waits by the clock")]

#[path = "../house/mod.rs"]
mod house;

mod call;
mod campaign;
mod engines;

use std::time::Duration;

use obzvon::domain::Language;
use obzvon::speech::{EnginePlan, EngineWay};

/// A shell script as an engine that has two seconds.
fn script(text: &str) -> EnginePlan {
    EnginePlan {
        language: Language::Ru,
        way: EngineWay::Command(["sh", "-c", text].map(str::to_owned).to_vec()),
        voice: String::new(),
        speed: String::new(),
        time_limit: Duration::from_secs(2),
        workers: 2,
    }
}
