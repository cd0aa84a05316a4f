//! Money in integer minor units with its currency.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Language;

/// ISO 4217 currencies a debt may be in; each has two minor digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    Eur,
    Kzt,
    Rub,
    Usd,
}

impl Currency {
    pub const ALL: [Self; 4] = [Self::Eur, Self::Kzt, Self::Rub, Self::Usd];

    /// The ISO 4217 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Eur => "EUR",
            Self::Kzt => "KZT",
            Self::Rub => "RUB",
            Self::Usd => "USD",
        }
    }

    /// As people write it after a sum.
    pub fn sign(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Rub, Language::Ru) => "₽",
            (other, _) => other.code(),
        }
    }

    /// Reads an ISO 4217 code in any case; `RUR`, the rouble's code before 1998, still stands in old lists.
    pub fn parse(code: &str) -> Option<Self> {
        let code = code.trim().to_ascii_uppercase();
        if code == "RUR" {
            return Some(Self::Rub);
        }
        Self::ALL.into_iter().find(|c| c.code() == code)
    }
}

/// An amount in minor units (kopecks, cents). Hidden in logs: an amount is debtor's data.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

impl Money {
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// `1 234,50 ₽`, or `1,234.50 RUB` in English: for people.
    pub fn shown(self, language: Language) -> String {
        let sign = if self.minor < 0 { "−" } else { "" };
        let minor = self.minor.unsigned_abs();
        let digits = (minor / 100).to_string();
        let (between, point) = language.pick((",", "."), ("\u{a0}", ","));
        let mut whole = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                whole.push_str(between);
            }
            whole.push(digit);
        }
        format!("{sign}{whole}{point}{:02}\u{a0}{}", minor % 100, self.currency.sign(language))
    }

    /// `1234.50 RUB`, for terminals and files.
    pub fn reveal(self) -> String {
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        format!("{sign}{}.{:02} {}", minor / 100, minor % 100, self.currency.code())
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "… {}", self.currency.code())
    }
}
