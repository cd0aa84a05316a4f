//! Why an utterance cannot be said.

use super::{english, russian};
use crate::domain::{Language, Words};

/// Why an utterance cannot be said. The text names no amount and no person, so it may reach a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words().en)]
pub enum Unspeakable {
    File(String),
    Language,
    /// `words` may be debtor's data: for `prompts check`, not for logs.
    Missing {
        language: Language,
        words: String,
    },
    Name,
    Negative,
    NotDigits,
    Noun {
        noun: String,
        language: Language,
    },
    TooLarge,
}

impl Unspeakable {
    /// The same for people.
    pub fn words(&self) -> Words {
        let told = |en: &str, ru: &str| Words { en: en.to_owned(), ru: ru.to_owned() };
        match self {
            Self::File(file) => Words {
                en: format!("the pack has no file {file:?}"),
                ru: format!("в наборе нет файла {file:?}"),
            },
            Self::Language => {
                told("the utterance is in another language than the pack", "фраза на другом языке, чем набор")
            }
            Self::Missing { language, .. } => Words {
                en: format!("the {} pack lacks a clip", language.code()),
                ru: format!("в наборе {} нет клипа", language.code()),
            },
            Self::Name => told("a name needs a speech engine", "имя произносит только движок речи"),
            Self::Negative => told(
                "a number, an amount or a year below zero has no reading",
                "число, сумму или год меньше нуля не прочесть",
            ),
            Self::NotDigits => told("digits are 0 to 9", "цифры — от 0 до 9"),
            Self::Noun { noun, language } => {
                let known = match language {
                    Language::En => english::noun_names(),
                    Language::Ru => russian::noun_names(),
                }
                .join(", ");
                Words {
                    en: format!("the noun {noun:?} can't be counted; there are: {known}"),
                    ru: format!("слово {noun:?} не считают; есть: {known}"),
                }
            }
            Self::TooLarge => {
                told("the number is larger than 999,999,999,999", "число больше 999 999 999 999")
            }
        }
    }
}
