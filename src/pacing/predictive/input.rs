//! What happens to agents and calls, as the pacer is told.

/// An agent's number within the campaign.
pub type AgentNumber = u32;
/// A call's number within the day.
pub type CallNumber = u64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Every agent and call of before is void; what was learned stays.
    DayBegan,
    DayEnded,
    LoggedIn(AgentNumber),
    Ready(AgentNumber),
    Away(AgentNumber),
    /// Kept for a call, or in one, that the pacer did not start: at work, and out of reach until he is back from it.
    Taken(AgentNumber),
    LoggedOut(AgentNumber),
    Dialed(CallNumber),
    /// Off-hook, no verdict yet.
    Answered(CallNumber),
    /// The verdict: a person.
    Human(CallNumber),
    Ended(CallNumber, End),
    Connected(CallNumber, AgentNumber),
    Abandoned(CallNumber),
    /// Was to be dialled and was not: tells nothing.
    Withdrawn(CallNumber),
    /// Talk ended, wrap-up began.
    HungUp(AgentNumber),
    /// The wrap-up's time is over, and the agent still in it: nobody knows when he is back.
    Overran(AgentNumber),
    WrappedUp(AgentNumber),
}

/// Why a call ended without a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Busy,
    /// Ours or the trunk's; says nothing about the list.
    Fault,
    Invalid,
    Machine,
    NoAnswer,
}
