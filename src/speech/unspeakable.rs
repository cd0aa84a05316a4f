//! Why an utterance cannot be said.

use crate::domain::{Currency, Language};

/// Why an utterance cannot be said. Names no amount and no person's name: the text may reach a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unspeakable {
    #[error("the number is larger than 999,999,999,999")]
    TooLarge,
    #[error("an amount below zero has no reading")]
    Negative,
    #[error("{currency:?} has no reading in {language:?}")]
    Currency { currency: Currency, language: Language },
    #[error("digits are 0 to 9")]
    NotDigits,
    #[error("the noun {noun:?} is not in the {language:?} table")]
    Noun { noun: String, language: Language },
    #[error("the pack has no file {0:?}")]
    File(String),
    #[error("a name needs a speech engine")]
    Name,
    #[error("the {language:?} pack has no clip for {words:?}")]
    Missing { language: Language, words: String },
    #[error("the utterance is in another language than the pack")]
    Language,
}
