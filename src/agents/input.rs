//! What agents, their phones and their calls do, and what the floor tells of it.

use std::sync::Arc;
use std::time::Instant;

use super::state::{ReservationNo, State};
use crate::domain::AgentId;

/// What happened. Those of a call carry its reservation: an input of an earlier one is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    LogIn,
    /// At once, or after the call and its wrap-up.
    LogOut,
    /// A pause: at once, or after the call and its wrap-up.
    Away {
        code: Arc<str>,
    },
    /// Ready for calls; ends a wrap-up.
    Ready,
    /// His phone rings.
    Ring(ReservationNo),
    /// He has picked up before the debtor did, and waits for him.
    PickedUp(ReservationNo),
    /// He did not take the call, or his phone refused it.
    Missed(ReservationNo),
    /// He is connected to the debtor, or has him from the colleague he stood by: the disposition is his to write.
    Talk(ReservationNo),
    /// He is connected beside a colleague, or to somebody of whom there is nothing to write: he owes no disposition.
    Assist(ReservationNo),
    /// Somebody else has his call now, or it has nothing to be written: he owes no disposition any more.
    Excused(ReservationNo),
    Hold(ReservationNo),
    Resume(ReservationNo),
    /// The call is over, or never came.
    HangUp(ReservationNo),
    /// The call goes on after he has left it, and nobody else has it yet: it can't be written up before it is over.
    GoesOn(ReservationNo),
    /// The call is over and written down: it can be written up.
    Closed(ReservationNo),
    /// The call's disposition is written.
    Disposed(ReservationNo),
    /// His phone is gone, and with it the call it was in.
    PhoneLost,
    PhoneBack,
    /// His phone can be called no more; a call that it is in goes on.
    Unregistered,
}

/// Why an input changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("no such agent")]
    NoSuchAgent,
    #[error("no such pause")]
    NoSuchPause,
    #[error("the last call wants its disposition first")]
    DispositionFirst,
    #[error("not logged in")]
    NotLoggedIn,
    #[error("the agent is not in a state for that")]
    NotNow,
    /// The reservation is over or another agent's.
    #[error("no such reservation any more")]
    Stale,
}

/// One thing that happened to an agent, to be stored and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    pub at: Instant,
    pub agent: AgentId,
    pub event: Event,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Changed {
        from: State,
        to: State,
        why: Why,
    },
    /// The debtor has been on hold for longer than the limit. Told once a hold.
    HoldOverrun,
    /// The pause outlasts its limit. Told once a pause.
    PauseOverrun,
    /// He has said, in a call, what he does once it is over and written up, or gone back to that; `None`: the next call.
    Wishes {
        then: Option<State>,
    },
    /// The wrap-up's time begins only now: his call had gone on without him.
    WrapUpBegan {
        no: ReservationNo,
    },
    /// The wrap-up's time is over. `disposed`: he has nothing left to write.
    WrapUpRanOut {
        no: ReservationNo,
        disposed: bool,
    },
}

/// What made the state change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The agent's own will, at once or said before.
    Agent,
    /// His call went on or ended.
    Call,
    /// He let his phone ring, or it refused.
    Missed,
    /// His phone came or went.
    Phone,
    /// He was picked for a call.
    Picked,
    /// The plan has him no longer.
    Removed,
    /// The state's time ran out.
    TimeOut,
}

impl Why {
    /// Every code once, for the database.
    pub const CODES: [&str; 7] = ["agent", "call", "missed", "phone", "picked", "removed", "time_out"];

    /// The code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Call => "call",
            Self::Missed => "missed",
            Self::Phone => "phone",
            Self::Picked => "picked",
            Self::Removed => "removed",
            Self::TimeOut => "time_out",
        }
    }
}
