//! The clock, one task per call and per campaign, reload, shutdown, rescue at start. Floor 4.

mod api;
mod call_seats;
mod call_task;
mod campaign_task;
mod clock;
mod floor;
mod house;
mod kill_switch;
mod lines;
mod live;
mod names;
mod pacing;
mod phones;
mod promises;
mod reclassify;
mod registry;
mod roots;
mod run;
mod sip_names;
mod test_call;
mod tones;
mod trunk_task;
mod turn;
mod voice;
mod writeback_task;

pub use clock::Clock;
pub use floor::{Floor, Seat, SeatEvent};
pub use house::{House, Plans};
pub use names::{sweep_names, wanted_sentences};
pub use registry::{RegistryRead, decode, read_registry};
pub use roots::{daily_roots_file, read_roots};
pub use run::Daemon;
pub use test_call::{SAMPLE_SUM, TEST_CAMPAIGN, TestCall, TestCallEnd, test_plan, test_rules};
pub use turn::{phone_to_dial, recording_path};
pub use voice::Voice;
