//! What a flow may speak of: this debtor, this debt, this campaign.

use jiff::civil::Date;
use serde::Deserialize;

use crate::domain::{DebtKind, Language, Money, PersonName, PhoneNumber};

/// The facts of one call, read once before it begins.
#[derive(Clone, Debug)]
pub struct CallFacts {
    /// Absent when there is no voice for it: then the flow's `without_name` wording is said.
    pub name: Option<VoicedName>,
    pub identified_by: IdentifiedBy,
    /// The debtor's language; the flow's first language serves where it does not speak this one.
    pub language: Language,
    /// The languages in which no voice can tell it: a key leads into none of them.
    pub untold: Vec<Language>,
    /// The creditor's name as the config writes it; fixed words for the speech pack.
    pub creditor: String,
    pub amount: Money,
    pub due: Date,
    pub kind: DebtKind,
    /// Where the debtor may call back.
    pub callback: PhoneNumber,
    /// The debtor's own date when the call began.
    pub today: Date,
}

/// What makes whoever listens the debtor, beside the key that he presses: law and the house's policy, never the flow's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifiedBy {
    /// The question called him by his name.
    #[default]
    Name,
    /// The number is his own, he says. Who was given it after him says so too, and truly.
    Number,
}

/// A name and the languages in which it has been prepared to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoicedName {
    pub name: PersonName,
    pub languages: Vec<Language>,
}

impl VoicedName {
    /// The name, where it can be said in `language`.
    pub fn in_language(&self, language: Language) -> Option<&PersonName> {
        self.languages.contains(&language).then_some(&self.name)
    }
}
