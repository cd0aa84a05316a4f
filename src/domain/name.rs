//! A person's name: for speech and screens, never for logs.

use std::fmt;

/// The name as the creditor gave it. Debug and Display hide it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

impl PersonName {
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name itself, for a prompt, a screen or the database.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
