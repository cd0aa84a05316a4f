//! What an agent does now.

use std::sync::Arc;

/// Which reservation, and the call that came of it. Never used twice in a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReservationNo(pub u64);

/// An agent's state. *Resting* ones last until somebody acts; the others have a timer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Resting.
    LoggedOut,
    /// Resting; a pause with a limit has a timer until it is told of.
    Away {
        code: Arc<str>,
    },
    /// Would be ready, but his phone is not there. Resting.
    NoAudio,
    /// Waits for a call. Resting.
    Ready,
    /// A call is being made, or sought out, for him.
    Reserved {
        no: ReservationNo,
    },
    /// His phone rings.
    Ringing {
        no: ReservationNo,
    },
    Talking {
        no: ReservationNo,
    },
    /// The other side hears music; told of once it has lasted its limit, ended with the talk's.
    Hold {
        no: ReservationNo,
    },
    /// Writes up the call. Resting once its time has run out.
    WrapUp {
        no: ReservationNo,
    },
}

/// Away since he has just logged in.
pub(super) const LOGGED_IN: &str = "logged_in";
/// Away since his phone rang and he did not answer.
pub(super) const MISSED: &str = "missed";

impl State {
    /// Every code once, for the database and reports.
    pub const CODES: [&str; 9] =
        ["logged_out", "away", "no_audio", "ready", "reserved", "ringing", "talking", "hold", "wrap_up"];

    /// The code in the database and on screens.
    pub fn code(&self) -> &'static str {
        match self {
            Self::LoggedOut => "logged_out",
            Self::Away { .. } => "away",
            Self::NoAudio => "no_audio",
            Self::Ready => "ready",
            Self::Reserved { .. } => "reserved",
            Self::Ringing { .. } => "ringing",
            Self::Talking { .. } => "talking",
            Self::Hold { .. } => "hold",
            Self::WrapUp { .. } => "wrap_up",
        }
    }

    /// The code of the pause.
    pub fn pause(&self) -> Option<&str> {
        match self {
            Self::Away { code } => Some(code),
            Self::LoggedOut | Self::NoAudio | Self::Ready | Self::Reserved { .. } => None,
            Self::Ringing { .. } | Self::Talking { .. } | Self::Hold { .. } | Self::WrapUp { .. } => None,
        }
    }

    /// The reservation the state belongs to.
    pub fn reservation(&self) -> Option<ReservationNo> {
        match self {
            Self::LoggedOut | Self::Away { .. } | Self::NoAudio | Self::Ready => None,
            Self::Reserved { no }
            | Self::Ringing { no }
            | Self::Talking { no }
            | Self::Hold { no }
            | Self::WrapUp { no } => Some(*no),
        }
    }
}
