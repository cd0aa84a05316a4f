//! What a call hears of and what it asks for.

use std::time::Duration;

use crate::domain::attempt::{FinalWord, Finished};
use crate::domain::verdict::Heard;
use crate::domain::{Fault, Utterance};
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
    /// A prompt ended, was cut, or could not be said; `percent` of its `length` was sent.
    PlayEnded { prompt: PromptNo, percent: u8, length: Duration },
    /// The debtor pressed a key: `0`–`9`, `*`, `#`.
    Digit(char),
    /// The detector's word.
    Heard(Heard),
    /// No sound has come for the time-out: the leg is dead.
    MediaLost,
    /// An agent is on the line.
    AgentConnected,
    /// No agent will be.
    NoAgent,
    /// The house takes the call back.
    Stop(StopReason),
}

/// Why the house takes a call back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The process is shutting down and the time for live calls is over.
    Drain,
    /// A hold was set: complaint, refusal, bankruptcy.
    Hold,
    /// The kill switch was thrown: what rings is taken back, who talks may finish.
    KillSwitch,
    /// The debt was paid.
    Paid,
}

/// What the driver is to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Send the INVITE.
    Place,
    Cancel,
    /// Send BYE.
    HangUp,
    /// Say this; answered by one `PlayEnded` with the same number.
    Play {
        prompt: PromptNo,
        utterance: Utterance,
    },
    StopPlay,
    StartRecording,
    /// Find an agent of this queue within the time.
    FindAgent {
        queue: String,
        wait: Duration,
    },
    /// A link by SMS, a complaint, a callback.
    Do(Action),
    /// It is over. Said exactly once, and last.
    Finished(Box<Finished>),
}
