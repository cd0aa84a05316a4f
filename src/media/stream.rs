//! The owner's handle on a stream.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::live::Patch;
use super::shard::{Act, ShardLink, StreamId};
use super::{Clip, MediaError, MediaEvent, PlayId, RecordingPlan, StreamReport, dtmf};
use crate::detect::DetectorPlan;
use crate::domain::media_target::MediaTarget;

/// What a stream is opened with. The codec comes later, with [`Stream::connect`].
#[derive(Clone, Debug, Default)]
pub struct StreamPlan {
    pub recording: Option<RecordingPlan>,
    /// Ears on the far end's sound.
    pub detector: Option<DetectorPlan>,
}

/// One RTP stream with its port pair. Dropped without [`close`](Self::close), it closes itself within a second.
#[derive(Debug)]
pub struct Stream {
    id: StreamId,
    local: SocketAddr,
    shard: ShardLink,
    events: mpsc::Receiver<MediaEvent>,
}

impl Stream {
    pub(super) fn new(
        id: StreamId,
        local: SocketAddr,
        shard: ShardLink,
        events: mpsc::Receiver<MediaEvent>,
    ) -> Self {
        Self { id, local, shard, events }
    }

    /// Where we receive RTP: the even port. RTCP is on the next one.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// The next event; `None` once the engine has stopped. Cancel-safe.
    pub async fn next_event(&mut self) -> Option<MediaEvent> {
        self.events.recv().await
    }

    /// Sends and receives as the SDP agreed, from now on. May be called again: on a re-INVITE, or when the answer
    /// differs from early media.
    ///
    /// # Errors
    /// The shard is overloaded or gone; so in every method here.
    pub fn connect(&self, target: MediaTarget) -> Result<(), MediaError> {
        self.tell(Act::Connect(target))
    }

    /// Tells the detector that what follows comes from whoever answered, not from the network.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    pub fn answered(&self) -> Result<(), MediaError> {
        self.tell(Act::Answered)
    }

    /// Plays clips as one prompt, without a gap between them, after whatever plays already.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    pub fn play(&self, id: PlayId, clips: Vec<Arc<Clip>>) -> Result<(), MediaError> {
        self.tell(Act::Play(id, clips))
    }

    /// Stops every prompt; each ends with the share that was sent.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    pub fn stop(&self) -> Result<(), MediaError> {
        self.tell(Act::Stop)
    }

    /// Presses keys for us: telephone events where agreed, else tones in the sound.
    ///
    /// # Errors
    /// A character is not a key; or see [`connect`](Self::connect).
    pub fn send_digits(&self, digits: &str) -> Result<(), MediaError> {
        let code = |found| dtmf::code_of(found).ok_or(MediaError::NotAKey { found });
        let codes = digits.chars().map(code).collect::<Result<Vec<u8>, _>>()?;
        self.tell(Act::SendDigits(codes))
    }

    /// A key that came by SIP INFO: merged with those of RTP, so that it is counted once.
    ///
    /// # Errors
    /// The character is not a key; or see [`connect`](Self::connect).
    pub fn key_by_info(&self, digit: char) -> Result<(), MediaError> {
        let code = dtmf::code_of(digit).ok_or(MediaError::NotAKey { found: digit })?;
        self.tell(Act::KeyByInfo(code))
    }

    /// Starts the recording of the plan; a second call does nothing.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    pub fn start_recording(&self) -> Result<(), MediaError> {
        self.tell(Act::StartRecording)
    }

    /// Records silence on both sides until resumed, while something is said that must not be kept.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    pub fn pause_recording(&self) -> Result<(), MediaError> {
        self.tell(Act::PauseRecording)
    }

    /// Records sound again.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    pub fn resume_recording(&self) -> Result<(), MediaError> {
        self.tell(Act::ResumeRecording)
    }

    /// Lets the two far ends hear each other. Sound is relayed as it is where the codecs agree. A prompt played
    /// meanwhile takes the other's place.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    pub fn bridge(&self, other: &Self) -> Result<(), MediaError> {
        let (ours, theirs) = Patch::pair();
        self.tell(Act::Bridge(ours))?;
        other.tell(Act::Bridge(theirs))
    }

    /// Ends a bridge; the other side hears silence and may be bridged anew.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    pub fn unbridge(&self) -> Result<(), MediaError> {
        self.tell(Act::Unbridge)
    }

    /// Ends the stream with an RTCP BYE and gives its sums; empty ones if the engine is gone.
    pub async fn close(self) -> StreamReport {
        let (reply, report) = oneshot::channel();
        let mut act = Act::Close(Some(reply));
        for _ in 0..CLOSE_TRIES {
            match self.shard.tell(self.id, act) {
                Ok(()) => return report.await.unwrap_or_default(),
                Err((MediaError::Busy { .. }, back)) => act = back,
                Err(_) => break,
            }
            tokio::time::sleep(CLOSE_PAUSE).await;
        }
        StreamReport::default()
    }

    fn tell(&self, act: Act) -> Result<(), MediaError> {
        self.shard.tell(self.id, act).map_err(|(error, _)| error)
    }
}

/// An overloaded shard still closes streams: the request is repeated for a second. After that the dropped event
/// queue closes it.
const CLOSE_TRIES: u32 = 100;
const CLOSE_PAUSE: Duration = Duration::from_millis(10);
