//! What a run asks for.

use std::time::Duration;

use jiff::civil::Date;

use crate::domain::{Disposition, Grade, Utterance};

/// Numbers the prompts of one run, so that a late end is not taken for another prompt's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PromptNo(pub u32);

/// What a run asks the driver for, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Find an agent of `queue`; answer with `AgentConnected` or `NoAgent` within `wait`. `music` names the sound
    /// to play meanwhile.
    Connect {
        queue: String,
        wait: Duration,
        music: Option<String>,
    },
    /// What came of the run. Comes exactly once; after it only `HangUp` may follow.
    Disposed(Disposition),
    Do(Action),
    /// How far the reminder came; each grade at most once.
    Grade(Grade),
    /// End the call. Absent when the other side has hung up or an agent has the call.
    HangUp,
    Mark(Mark),
    /// The debtor named and confirmed the day he will pay.
    Promised(Date),
    /// Say this; answered by one `PromptEnded` with the same number. `barge_in` tells that a key may stop it.
    Say {
        prompt: PromptNo,
        utterance: Utterance,
        barge_in: bool,
    },
    /// Stop what is being said.
    StopSaying,
    /// Whoever said that he is the debtor is not: [`Mark::RightParty`] holds no more, and comes no more.
    Withdrawn,
}

/// A fact that stands from here on in the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// The notice (robot, recording) was played to its end: recording may begin.
    NoticeHeard,
    /// The person said by a key that he is the debtor.
    RightParty,
}

/// An act for other parts of the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Register a complaint and stop automatic calls until it is handled.
    OpenComplaint,
    ScheduleCall(CallAgain),
    /// Send the SMS of this template.
    SendSms {
        template: String,
    },
}

/// When to call again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallAgain {
    /// The next time it is this hour (0 to 23) where the debtor is.
    AtHour(u8),
    /// As soon as the rules permit.
    NextWindow,
}
