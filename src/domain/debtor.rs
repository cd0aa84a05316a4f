//! Who is called: the five types of debtor, and the one not known yet.

use serde::{Deserialize, Serialize};

/// A debtor's type. It decides who talks to him.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DebtorType {
    /// Would gladly pay if he remembered. The only one an automatic call is enough for.
    Forgetful,
    /// Took the money on purpose.
    Fraudster,
    /// Owes everybody; pays reluctantly.
    Habitual,
    /// No sense of duty; may pay, may hide.
    Idler,
    /// A real misfortune; cooperates.
    Involuntary,
    /// Not classified yet.
    Unknown,
}

impl DebtorType {
    pub const ALL: [Self; 6] =
        [Self::Forgetful, Self::Fraudster, Self::Habitual, Self::Idler, Self::Involuntary, Self::Unknown];

    /// The code in files and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Forgetful => "forgetful",
            Self::Fraudster => "fraudster",
            Self::Habitual => "habitual",
            Self::Idler => "idler",
            Self::Involuntary => "involuntary",
            Self::Unknown => "unknown",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.code() == code)
    }
}
