//! The clock, one task per call and per campaign, reload, shutdown, rescue at start. Floor 4.

mod call_task;
mod clock;
mod kill_switch;
mod voice;

pub use clock::Clock;
pub use voice::Voice;
