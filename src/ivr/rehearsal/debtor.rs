//! An invented debtor to rehearse with.

use jiff::civil::{Date, date};
use serde::Deserialize;

use crate::domain::{Currency, DebtKind, Language, Money, PersonName, PhoneNumber};
use crate::ivr::{CallFacts, IdentifiedBy, VoicedName};

/// The facts of a rehearsal; what is left out is invented.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Debtor {
    /// Absent: the wording without a name is said.
    pub name: Option<String>,
    /// As the campaign has it.
    pub identity: IdentifiedBy,
    pub lang: Language,
    /// Languages in which no voice can tell the debt.
    pub untold: Vec<Language>,
    pub creditor: String,
    /// Major and minor units: `1234.50`.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
    pub due: Date,
    pub callback: String,
    pub today: Date,
}

impl Default for Debtor {
    fn default() -> Self {
        Self {
            name: None,
            identity: IdentifiedBy::Number,
            lang: Language::Ru,
            untold: Vec::new(),
            creditor: "Ромашка Телеком".to_owned(),
            amount: "1234.50".to_owned(),
            currency: "RUB".to_owned(),
            due: date(2026, 12, 12),
            callback: "+74950000000".to_owned(),
            today: date(2026, 12, 1),
        }
    }
}

impl Debtor {
    /// The facts of a call to this debtor.
    ///
    /// # Errors
    /// What of them makes no sense.
    pub fn facts(&self) -> Result<CallFacts, String> {
        let currency =
            Currency::parse(&self.currency).ok_or(format!("{:?} is no currency", self.currency))?;
        let minor =
            minor_units(&self.amount).ok_or(format!("{:?} is no amount: write 1234.50", self.amount))?;
        let callback = PhoneNumber::parse(&self.callback).map_err(|why| format!("callback: {why}"))?;
        Ok(CallFacts {
            name: self.name.clone().map(|name| VoicedName {
                name: PersonName::new(name),
                languages: vec![Language::Ru, Language::En],
            }),
            identified_by: self.identity,
            language: self.lang,
            untold: self.untold.clone(),
            creditor: self.creditor.clone(),
            amount: Money::new(minor, currency),
            due: self.due,
            kind: DebtKind::on(self.due, self.today, 3),
            callback,
            today: self.today,
        })
    }
}

/// Reads `1234.50` or `1234`.
fn minor_units(text: &str) -> Option<i64> {
    let (major, minor) = text.split_once('.').unwrap_or((text, "00"));
    if minor.len() != 2 || !minor.bytes().all(|b| b.is_ascii_digit()) || major.starts_with('-') {
        return None;
    }
    major.parse::<i64>().ok()?.checked_mul(100)?.checked_add(minor.parse().ok()?)
}
