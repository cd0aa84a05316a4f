//! What is to be said, before it is known how: words and typed slots in one language.

use std::time::Duration;

use jiff::civil::{Date, Time};

use super::{Language, Money, PersonName, PhoneNumber};

/// Further off than this, about nine months, a date is said with its year.
pub const YEAR_FROM_DAYS: i32 = 275;

/// A grammatical case a slot may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Case {
    Accusative,
    Genitive,
    Nominative,
}

/// One piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Count {
        number: u64,
        noun: String,
    },
    Date {
        date: Date,
        case: Case,
        with_year: bool,
    },
    Digits(String),
    /// Whole seconds; what is below a second is not said.
    Duration(Duration),
    /// A sound file of the prompt folder, by its relative path.
    File(String),
    Money {
        amount: Money,
        case: Case,
    },
    /// A person's name: unbounded, so it needs a speech engine.
    Name(PersonName),
    Phone(PhoneNumber),
    Time(Time),
    /// Fixed words of the flow or a value known beforehand, such as the creditor's name.
    Words(String),
}

/// A sentence or a few, said in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Utterance {
    pub language: Language,
    pub parts: Vec<Part>,
}
