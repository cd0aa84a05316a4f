//! What a callee does in a call, step by step.

use std::time::Duration;

use super::sound::line::LineFaults;
use super::sound::synth::Sound;
use crate::domain::Codec;
use crate::domain::media_target::Direction;

/// The story of one call from its 100 to its end.
///
/// When the steps are over, an unanswered call rings on until it is cancelled, and an answered one lasts until the
/// caller hangs up; both to a limit of three minutes.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// The name in the records.
    pub persona: &'static str,
    pub steps: Vec<Step>,
    pub faults: Faults,
}

/// One thing a callee, or the network before him, does.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// 200 with SDP, repeated until its ACK.
    Answer,
    /// 183 with SDP; what is played from now on is early media.
    EarlyMedia,
    /// BYE.
    HangUp,
    /// Listens for this long; unlike `Wait`, in real time.
    Listen(Duration),
    /// Plays a sound over and over, while the next steps go on.
    Loop(Sound),
    /// Waits till the caller has spoken and then been quiet for `quiet`; hangs up when that takes longer than `limit`.
    Pause { quiet: Duration, limit: Duration },
    /// Plays a sound to its end.
    Play(Sound),
    /// Presses keys as telephone events.
    Press(String),
    /// Presses one key by SIP INFO (`application/dtmf-relay`).
    PressByInfo(char),
    /// A final response that is not 200.
    Refuse(Refusal),
    /// A re-INVITE.
    Reoffer(Reoffer),
    /// A provisional response without SDP: 180, 181, 182 or 183.
    Ring(u16),
    /// Lets time pass; shortened by the carrier's speed.
    Wait(Duration),
}

/// A final response of the classes 3 to 6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: u16,
    pub reason: &'static str,
    /// Retry-After, in seconds.
    pub retry_after: Option<u32>,
    /// The cause in a Reason header (RFC 3326), as ITU-T Q.850 numbers them.
    pub q850: Option<u8>,
    /// The Contact of a redirection.
    pub contact: Option<String>,
}

impl Refusal {
    pub fn new(code: u16, reason: &'static str, q850: Option<u8>) -> Self {
        Self { code, reason, retry_after: None, q850, contact: None }
    }
}

/// What a re-INVITE of ours asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reoffer {
    Codec(Codec),
    Direction(Direction),
}

/// What goes wrong on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    pub line: LineFaults,
    /// On a CANCEL while ringing the callee has just answered: 200 to the INVITE goes first.
    pub answer_crosses_cancel: bool,
    /// On the caller's BYE ours is already on its way.
    pub bye_crosses: bool,
    /// No 100 at all.
    pub no_trying: bool,
    /// Provisional responses are reliable where the caller supports it (RFC 3262); always when he requires it.
    pub reliable: bool,
    /// The 200 goes out this many times more at once.
    pub repeat_answer: u8,
}

impl Script {
    pub fn new(persona: &'static str, steps: Vec<Step>) -> Self {
        Self { persona, steps, faults: Faults::default() }
    }

    /// The network refuses at once.
    pub fn refuses(persona: &'static str, refusal: Refusal) -> Self {
        Self::new(persona, vec![Step::Refuse(refusal)])
    }
}
