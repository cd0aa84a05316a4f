//! What law and house policy ask of every flow.

use crate::domain::Notice;

/// The demands of a rules profile on flows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What must be told first, unskippable.
    pub notices: Vec<Notice>,
    /// Every menu has a key that stops such calls or opens a complaint.
    pub stop_key: bool,
    /// A service call: neither a slot nor a word is of a debt, and nothing is promised.
    pub no_debt: bool,
    /// A promise may name a day at most this far off.
    pub promise_within_days: u16,
    /// The first and the last hour a debtor may ask to be called at.
    pub call_hours: (u8, u8),
}

/// What every market asks for; a preset of rules may ask for more.
impl Default for Policy {
    fn default() -> Self {
        Self {
            notices: vec![Notice::Robot, Notice::Recording],
            stop_key: true,
            no_debt: false,
            promise_within_days: 14,
            call_hours: (9, 19),
        }
    }
}
