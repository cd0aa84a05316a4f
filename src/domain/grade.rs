//! How far a reminder came: the grades of an IVR call.

use serde::{Deserialize, Serialize};

/// A step of a reminder that was reached. Several may hold for one call.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    PickedUp,
    Identified,
    AmountHeard,
    DateHeard,
    RepeatAsked,
}

impl Grade {
    pub const ALL: [Self; 5] =
        [Self::PickedUp, Self::Identified, Self::AmountHeard, Self::DateHeard, Self::RepeatAsked];

    /// The code in files and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::AmountHeard => "amount_heard",
            Self::DateHeard => "date_heard",
            Self::Identified => "identified",
            Self::PickedUp => "picked_up",
            Self::RepeatAsked => "repeat_asked",
        }
    }
}
