//! How a report is asked for: by what else its lines are told apart, and by which rule.

use super::{Attribution, Axis};
use crate::domain::Language;

/// What a report's parameters say; each belongs to one report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cut {
    /// Of the channels.
    pub by: Vec<Axis>,
    /// Of the channels; absent: the house's rule.
    pub attribution: Option<Attribution>,
    /// Of wear.
    pub reaction: WearBy,
    /// Of uplift: days after a selection within which a payment counts; absent: 30.
    pub window_days: Option<u16>,
}

/// What counts as a reaction to a use of a channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WearBy {
    /// A payment on the debt within the channel's window.
    #[default]
    Payment,
    /// A promise to pay, or a request for a link.
    Promise,
    /// The debtor confirmed who he is.
    RightParty,
}

impl WearBy {
    pub const ALL: [Self; 3] = [Self::Payment, Self::Promise, Self::RightParty];

    /// The code on the command line and in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Promise => "promise",
            Self::RightParty => "right-party",
        }
    }

    /// On screens.
    pub fn name(self, language: Language) -> &'static str {
        let (en, ru) = match self {
            Self::Payment => ("a payment", "платёж"),
            Self::Promise => ("a promise", "обещание"),
            Self::RightParty => ("the right person", "нужный человек"),
        };
        if language == Language::Ru { ru } else { en }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}
