//! What a call hears of and what it asks for.

use std::time::Duration;

use super::party::{Desk, Seat, Whom, Wiring};
use crate::domain::attempt::{FinalWord, Finished};
use crate::domain::verdict::Heard;
use crate::domain::{Fault, RecordingMark, Utterance};
use crate::ivr::{Action, PromptNo};

/// What happened on the wire, in the media, or by the will of the house.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// 100 came.
    Trying,
    /// 180, 181, 182, or 183 without a session description.
    Ringing,
    /// A provisional response opened media: ringback, an announcement, a melody.
    EarlyMedia,
    /// A 2xx came and is acknowledged.
    Answered,
    /// A final response in 300..=699.
    Refused(FinalWord),
    /// The leg came to nothing, for a reason that says nothing about the debtor.
    Broken(Fault),
    /// An answered leg is over: the far end said BYE, or our BYE was answered.
    Ended(FinalWord),
    /// The first packet of our sound left.
    FirstAudio,
    /// A prompt ended or was cut; `percent` of its `length` was sent.
    PlayEnded { prompt: PromptNo, percent: u8, length: Duration },
    /// A prompt could not be said at all: our own fault, found while somebody listens.
    Unsaid { prompt: PromptNo },
    /// The debtor pressed a key: `0`–`9`, `*`, `#`.
    Digit(char),
    /// The detector's word.
    Heard(Heard),
    /// No sound has come for the time-out: the leg is dead.
    MediaLost,
    /// The same, and none had ever come: the trunk connects no sound.
    NoMedia,
    /// The agent sought for a seat is on the line.
    AgentConnected(Seat),
    /// An agent of this call is gone: his phone was `lost`, or he hung it up.
    AgentGone { seat: Seat, lost: bool },
    /// The trunk has moved the debtor to whom he was handed on, or left, to: he is no longer ours.
    Referred,
    /// No agent will come to the seat.
    NoAgent(Seat),
    /// What an agent of the call wants; `Call::wish` says besides whether it is done.
    Desk(Seat, Desk),
    /// The house takes the call back.
    Stop(StopReason),
}

/// Why the house takes a call back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// Another sum is owed now than it would speak of: what rings is taken back, who talks may finish.
    Changed,
    /// Another contact with the debtor counts now: what rings is taken back, who talks may finish.
    Counted,
    /// The process is shutting down and the time for live calls is over.
    Drain,
    /// The agent for whom the call is made is lost: nobody is to answer who would find nobody.
    NoAgent,
    /// A hold was set: complaint, refusal, bankruptcy.
    Hold,
    /// The kill switch was thrown: what rings is taken back, who talks may finish.
    KillSwitch,
    /// The debt was paid.
    Paid,
    /// It is to be recorded and can't be.
    Unrecorded,
}

/// What the driver is to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Send the INVITE.
    Place,
    Cancel,
    /// Send BYE.
    HangUp,
    /// Say this; answered by one `PlayEnded` or `Unsaid` with the same number.
    Play {
        prompt: PromptNo,
        utterance: Utterance,
    },
    StopPlay,
    StartRecording,
    /// Record silence from now on, or sound again.
    Record(RecordingMark),
    /// Find somebody within the time, ring his phone; answered by `AgentConnected` or `NoAgent` of the seat.
    FindAgent {
        seat: Seat,
        whom: Whom,
        wait: Duration,
    },
    /// An agent is heard no longer, or again.
    Mute(Seat, bool),
    /// The second agent is the first from now on.
    Promote,
    /// Nobody of this seat is in the call or sought any more; says nothing new where nobody was.
    Release(Seat),
    /// Who hears whom from now on.
    Wire(Wiring),
    /// A link by SMS, a complaint, a callback.
    Do(Action),
    /// It is over. Said exactly once, and last.
    Finished(Box<Finished>),
}
