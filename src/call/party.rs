//! Who is in a call beside the debtor, and who hears whom.

use crate::domain::PhoneNumber;

/// An agent's place in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Seat {
    /// Who talks with the debtor.
    First,
    /// Who is asked beside, or takes the call over.
    Second,
}

/// Whom to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// An agent by his login.
    Agent(String),
    /// Somebody outside, through the gate.
    Outside(PhoneNumber),
    /// Whoever of a queue is free.
    Queue(String),
}

/// Who hears whom beside the prompts; each pair both ways.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wiring {
    /// Debtor and first agent.
    pub first: bool,
    /// Debtor and second agent.
    pub second: bool,
    /// The two agents.
    pub between: bool,
    /// The debtor hears music.
    pub music: bool,
}

impl Wiring {
    pub(super) const MUSIC: Self = Self { first: false, second: false, between: false, music: true };
    pub(super) const TALK: Self = Self { first: true, second: false, between: false, music: false };
}

/// What the agent wants of the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Desk {
    /// Hands the call over to the second agent and leaves it.
    Complete,
    /// Asks somebody while the debtor hears music.
    Consult(Whom),
    HangUp,
    Hold,
    /// The debtor has said who he is.
    Identified,
    /// Debtor, first and second agent talk together.
    Join,
    /// Is not heard while true.
    Mute(bool),
    /// Is recorded no longer while card data is told, or again.
    Record(bool),
    Resume,
    /// Goes back to the debtor without the second agent.
    Return,
    /// Leaves; somebody else takes the call.
    Transfer(Whom),
}

/// Why an agent's wish is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WishNo {
    /// Whom he names talks, pauses, or is not at work.
    AgentBusy,
    /// Who is to take the call would tell whom the debtor owes, and he has not said who he is.
    IdentityFirst,
    NoSuchAgent,
    NoSuchQueue,
    /// Nobody of the queue is at work.
    NobodyThere,
    /// It is for the agent to say who talks with the debtor.
    NotFirst,
    /// It does not fit the moment.
    NotNow,
    /// The number is neither in the house's list nor the creditor's hotline, or is a debtor's.
    NumberRefused,
    /// A second agent is in the call, or sought.
    SecondThere,
    /// The kill switch is thrown: nobody outside is called.
    Stopped,
}

impl WishNo {
    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::AgentBusy => "agent_busy",
            Self::IdentityFirst => "identity_first",
            Self::NoSuchAgent => "no_such_agent",
            Self::NoSuchQueue => "no_such_queue",
            Self::NobodyThere => "nobody_there",
            Self::NotFirst => "not_first",
            Self::NotNow => "not_now",
            Self::NumberRefused => "number_refused",
            Self::SecondThere => "second_there",
            Self::Stopped => "stopped",
        }
    }
}

/// How a talk with an agent stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Party {
    pub held: bool,
    pub second: Second,
}

/// The second agent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Second {
    /// Talks with the first; the debtor waits.
    Asked,
    /// Talks with both.
    Joined,
    #[default]
    None,
    Sought,
}

impl Party {
    /// Who hears whom.
    pub fn wiring(self) -> Wiring {
        match self.second {
            Second::Asked => Wiring { between: true, ..Wiring::MUSIC },
            Second::Joined if self.held => Wiring { between: true, ..Wiring::MUSIC },
            Second::Joined => Wiring { second: true, between: true, ..Wiring::TALK },
            Second::None if self.held => Wiring::MUSIC,
            Second::None => Wiring::TALK,
            Second::Sought => Wiring::MUSIC,
        }
    }
}
