//! What a person must be told before anything else is said.

use serde::{Deserialize, Serialize};

/// A duty of speech that the rules of a market may ask for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Who speaks: the caller's name, or the robot's name or number. Tells nothing of a debt.
    Name,
    /// The talk is recorded.
    Recording,
    /// A robot speaks.
    Robot,
}

impl Notice {
    /// The code in files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Recording => "recording",
            Self::Robot => "robot",
        }
    }
}
