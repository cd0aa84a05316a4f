//! Whom to call in a campaign, and where that stands.

use serde::{Deserialize, Serialize};

/// Where a contact stands. Only `Queued` may be dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactState {
    /// May be dialled as soon as its turn comes.
    Queued,
    /// Not before a known time: a window, a cap, a retry delay.
    Waiting,
    /// An attempt is open.
    InFlight,
    /// Waits for a live agent; this channel does not serve it.
    Held,
    /// Ended; the reason says how.
    Done,
}

impl ContactState {
    pub const ALL: [Self; 5] = [Self::Queued, Self::Waiting, Self::InFlight, Self::Held, Self::Done];

    /// The code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Held => "held",
            Self::InFlight => "in_flight",
            Self::Queued => "queued",
            Self::Waiting => "waiting",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}
