//! Why an utterance cannot be said.

use crate::domain::Language;

/// Why an utterance cannot be said. The text names no amount and no person, so it may reach a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unspeakable {
    #[error("the pack has no file {0:?}")]
    File(String),
    #[error("the utterance is in another language than the pack")]
    Language,
    /// `words` may be debtor's data: for `prompts check`, not for logs.
    #[error("the {language:?} pack lacks a clip")]
    Missing { language: Language, words: String },
    #[error("a name needs a speech engine")]
    Name,
    #[error("a number, an amount or a year below zero has no reading")]
    Negative,
    #[error("digits are 0 to 9")]
    NotDigits,
    #[error("the noun {noun:?} is not in the {language:?} table")]
    Noun { noun: String, language: Language },
    #[error("the number is larger than 999,999,999,999")]
    TooLarge,
}
