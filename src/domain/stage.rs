//! The stages of an agent's talk.

/// The stages of an agent's talk, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Greet, and make sure who is speaking.
    Contact,
    /// Why it was not paid; the agent sets the debtor's type.
    Reason,
    /// The sum, the date, the ways to pay.
    Demand,
    Objections,
    /// A promise, a call, a letter.
    Next,
    /// The sum and the dates once more.
    Close,
}

impl Stage {
    pub const ALL: [Self; 6] =
        [Self::Contact, Self::Reason, Self::Demand, Self::Objections, Self::Next, Self::Close];

    /// The code in files and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::Contact => "contact",
            Self::Demand => "demand",
            Self::Next => "next",
            Self::Objections => "objections",
            Self::Reason => "reason",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }
}
