//! Rules by which what a debtor does changes his type.

use crate::domain::DebtorType;

/// What a debtor did, or did not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Promises whose day passed without the money.
    PromiseBroken,
    /// Reminders in which he heard the sum, with no payment and no promise after them.
    RemindedInVain,
}

impl Behaviour {
    pub const ALL: [Self; 2] = [Self::PromiseBroken, Self::RemindedInVain];

    /// The code in the configuration and in the record of a change.
    pub fn code(self) -> &'static str {
        match self {
            Self::PromiseBroken => "promise_broken",
            Self::RemindedInVain => "reminded_in_vain",
        }
    }
}

/// One rule: who is of `from` and did `when` so many `times` since his type last changed becomes `to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reclassify {
    /// The rule's name in the configuration; it stands in the record as who changed the type.
    pub name: String,
    pub from: DebtorType,
    pub when: Behaviour,
    pub times: u8,
    pub to: DebtorType,
}
