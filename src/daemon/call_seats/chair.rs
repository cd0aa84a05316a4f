//! Somebody in the call beside the debtor: one of our agents, or somebody outside.

use super::Search;
use crate::call::Seat as Place;
use crate::daemon::floor::{Seat, SeatEvent};
use crate::daemon::outside::Outside;
use crate::domain::AgentId;
use crate::media::StreamLink;

/// An agent in the call or on his way to it.
#[derive(Debug)]
pub(super) struct Taken {
    pub chair: Chair,
    /// `None`: somebody outside, for whom nobody else will do.
    pub search: Option<Search>,
    /// He has been told of the debtor by a beep.
    pub beeped: bool,
}

/// Who sits there.
#[derive(Debug)]
pub(super) enum Chair {
    Agent(Seat),
    Outside(Outside),
}

impl Chair {
    pub fn link(&self) -> Option<&StreamLink> {
        match self {
            Self::Agent(seat) => seat.link.as_ref(),
            Self::Outside(outside) => outside.link.as_ref(),
        }
    }

    pub fn agent(&self) -> Option<&AgentId> {
        match self {
            Self::Agent(seat) => Some(&seat.agent),
            Self::Outside(_) => None,
        }
    }

    pub fn talks(&mut self, at: Place) {
        if let Self::Agent(seat) = self {
            seat.talks(at);
        }
    }

    pub fn holds(&self) {
        if let Self::Agent(seat) = self {
            seat.holds();
        }
    }

    pub async fn next_event(&mut self) -> SeatEvent {
        match self {
            Self::Agent(seat) => seat.next_event().await,
            Self::Outside(outside) => outside.next_event().await,
        }
    }
}
