//! Recording of both sides of a call.

use std::path::PathBuf;

/// Where a stream's recording goes: a stereo A-law WAV, left the debtor, right us.
/// It starts by [`crate::media::Stream::start_recording`], after the notice was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingPlan {
    pub path: PathBuf,
}
