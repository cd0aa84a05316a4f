//! What may be asked of a stream, by its owner and by who was handed the way to it.

use std::sync::Arc;

use super::live::Lane;
use super::shard::{Act, ShardLink, StreamId};
use super::{Clip, MediaError, PlayId, dtmf};
use crate::domain::InfoBody;
use crate::domain::media_target::MediaTarget;

/// A way to a stream. It keeps nothing alive: what is asked of a stream that has closed does nothing.
#[derive(Clone, Debug)]
pub struct StreamLink {
    id: StreamId,
    shard: ShardLink,
}

impl StreamLink {
    pub(super) fn new(id: StreamId, shard: ShardLink) -> Self {
        Self { id, shard }
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

    /// A key that came by SIP INFO: merged with those of RTP and of another body, so that it is counted once.
    ///
    /// # Errors
    /// The character is not a key; or see [`connect`](Self::connect).
    pub fn key_by_info(&self, body: InfoBody, digit: char) -> Result<(), MediaError> {
        let code = dtmf::code_of(digit).ok_or(MediaError::NotAKey { found: digit })?;
        self.tell(Act::KeyByInfo(body, code))
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

    /// Lets the two far ends hear each other. Sound is relayed as it is where the codecs agree and nobody else is heard,
    /// keys are passed on. A prompt or music played meanwhile takes the other's place. The other hears the first words
    /// of ours, where they were kept.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    pub fn bridge(&self, other: &Self) -> Result<(), MediaError> {
        let (there, back) = (Lane::default(), Lane::default());
        other.tell(Act::Hear(self.id, there.clone()))?;
        self.tell(Act::SpeakFromTheStart(other.id, there))?;
        self.tell(Act::Hear(other.id, back.clone()))?;
        other.tell(Act::Speak(self.id, back))
    }

    /// Ends the talk of two; what else each of them hears stays.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    pub fn part(&self, other: &Self) -> Result<(), MediaError> {
        self.no_longer_hear(other)?;
        other.no_longer_hear(self)
    }

    /// Lets our far end hear the other's, beside whom it hears already.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    pub fn hear(&self, other: &Self) -> Result<(), MediaError> {
        let lane = Lane::default();
        self.tell(Act::Hear(other.id, lane.clone()))?;
        other.tell(Act::Speak(self.id, lane))
    }

    /// Ends that.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    pub fn no_longer_hear(&self, other: &Self) -> Result<(), MediaError> {
        self.tell(Act::NoLongerHear(other.id))?;
        other.tell(Act::NoLongerSpeak(self.id))
    }

    /// Ends every talk of this stream; the others hear silence and may be bridged anew.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    pub fn unbridge(&self) -> Result<(), MediaError> {
        self.tell(Act::Cut)
    }

    /// While muted, the others hear nothing of our far end.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    pub fn mute(&self, muted: bool) -> Result<(), MediaError> {
        self.tell(Act::Mute(muted))
    }

    /// While something stands in for our far end (music, until a browser is back), it is heard though our far end is muted.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    pub fn stand_in(&self, stands_in: bool) -> Result<(), MediaError> {
        self.tell(Act::StandIn(stands_in))
    }

    /// Plays clips round and round to our far end, in the place of whoever is bridged in; `None` ends it.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    pub fn music(&self, clips: Option<Vec<Arc<Clip>>>) -> Result<(), MediaError> {
        self.tell(Act::Music(clips))
    }

    /// Queues a request, or gives it back.
    pub(super) fn try_tell(&self, act: Act) -> Result<(), (MediaError, Act)> {
        self.shard.tell(self.id, act)
    }

    fn tell(&self, act: Act) -> Result<(), MediaError> {
        self.try_tell(act).map_err(|(error, _)| error)
    }
}
