//! Recording of both sides of a call, written off the media threads.

mod file;
mod recorder;
mod writer;

use std::path::PathBuf;

pub(super) use recorder::{Recorder, Side};
pub(super) use writer::Writer;

/// Where a stream's recording goes: a stereo A-law WAV, left the debtor, right us.
/// It starts by [`Stream::start_recording`](crate::media::Stream::start_recording), after the notice was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingPlan {
    /// A file that does not exist yet; missing folders are made.
    pub path: PathBuf,
}
