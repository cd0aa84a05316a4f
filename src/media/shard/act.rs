//! What a stream's owner may ask of its shard.

use std::sync::Arc;

use tokio::sync::oneshot;

use crate::domain::InfoBody;
use crate::domain::media_target::MediaTarget;
use crate::media::live::{Lane, Live};
use crate::media::{Clip, PlayId, StreamReport};

/// A stream's number within its engine, never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::media) struct StreamId(pub u32);

/// One request of an owner.
#[derive(Debug)]
pub(in crate::media) enum Act {
    Answered,
    Close(Option<oneshot::Sender<StreamReport>>),
    Connect(MediaTarget),
    /// Ends every talk.
    Cut,
    /// The far end is to hear that stream.
    Hear(StreamId, Lane),
    /// An RFC 4733 event code.
    KeyByInfo(InfoBody, u8),
    Music(Option<Vec<Arc<Clip>>>),
    Mute(bool),
    NoLongerHear(StreamId),
    NoLongerSpeak(StreamId),
    Open(Box<Live>),
    PauseRecording,
    Play(PlayId, Vec<Arc<Clip>>),
    ResumeRecording,
    /// RFC 4733 event codes.
    SendDigits(Vec<u8>),
    /// That stream is to hear the far end.
    Speak(StreamId, Lane),
    /// The same, beginning with the first words that were kept.
    SpeakFromTheStart(StreamId, Lane),
    /// Something stands in for the far end: it is heard though the far end is muted.
    StandIn(bool),
    StartRecording,
    Stop,
}
