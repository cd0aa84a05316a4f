//! The kinds of case: each has a deadline and a hold of its own.

use crate::rules::HoldKind;

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// He says that he does not owe this, or not this sum.
    Dispute,
    /// A complaint as people make them.
    Ordinary,
    /// About what is kept of him, or a request to delete it (152-FZ).
    PersonalData,
    /// A regulator's question, or a complaint that came by it.
    Regulator,
    /// A dispute in writing within the validation period (12 CFR 1006.38).
    WrittenDispute,
}

impl Kind {
    pub const ALL: [Self; 5] =
        [Self::Ordinary, Self::PersonalData, Self::Regulator, Self::Dispute, Self::WrittenDispute];

    /// The code in the database, in files and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Dispute => "dispute",
            Self::Ordinary => "ordinary",
            Self::PersonalData => "personal_data",
            Self::Regulator => "regulator",
            Self::WrittenDispute => "written_dispute",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// About the debt, not about how he was treated.
    pub fn is_dispute(self) -> bool {
        matches!(self, Self::Dispute | Self::WrittenDispute)
    }

    /// What keeps us from calling while it is open: of a complaint for the whole person, of a dispute on its debt.
    pub fn hold(self) -> HoldKind {
        match self {
            Self::Dispute => HoldKind::DisputeOpen,
            Self::Ordinary | Self::PersonalData | Self::Regulator => HoldKind::ComplaintOpen,
            Self::WrittenDispute => HoldKind::ValidationDisputeOpen,
        }
    }

    /// Working days that the creditor has to answer where the configuration says nothing; `None`: he is not asked.
    pub fn creditor_days(self) -> Option<u16> {
        match self {
            Self::Dispute => Some(5),
            Self::WrittenDispute => Some(10),
            Self::Ordinary | Self::PersonalData | Self::Regulator => None,
        }
    }

    /// Working days to answer where the configuration says nothing.
    pub fn days(self) -> u16 {
        match self {
            // 152-FZ, article 20: ten working days.
            Self::Dispute | Self::Ordinary | Self::PersonalData => 10,
            Self::Regulator => 5,
            Self::WrittenDispute => 20,
        }
    }
}
