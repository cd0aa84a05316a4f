//! What is said of recordings that a centre teaches, in words for the screen.

use super::words::{announcement, verdict};
use crate::detect::{EVIDENCE, LibraryError};
use crate::domain::verdict::Verdict;
use crate::domain::{Announcement, Language};

/// The library has it.
pub(super) fn known(language: Language) -> &'static str {
    match language {
        Language::En => "known already",
        Language::Ru => "уже известно",
    }
}

/// The library has it with another meaning.
pub(super) fn another(known: Announcement, language: Language) -> String {
    let known = announcement(known, language);
    match language {
        Language::En => format!("sounds like one that is known as another: {known}"),
        Language::Ru => format!("звучит как другое, уже известное: {known}"),
    }
}

/// Added to the line of a recording that was learnt.
pub(super) fn person(language: Language) -> &'static str {
    match language {
        Language::En => "; sounds like a person: make sure it is the operator, else delete its line",
        Language::Ru => "; похоже на человека: проверьте, что это оператор, иначе удалите строку",
    }
}

/// Why the library won't have a recording under a name.
pub(super) fn refused(fault: &LibraryError, language: Language) -> String {
    match (language, fault) {
        (Language::En, fault) => fault.to_string(),
        (Language::Ru, LibraryError::Full) => "библиотека полна".to_owned(),
        (Language::Ru, LibraryError::Known { name }) => format!("{name} уже есть в библиотеке"),
        (Language::Ru, LibraryError::Line { line }) => {
            format!("строка {line} — не сообщение: `busy|not_in_service|switched_off ИМЯ ОТПЕЧАТОК`")
        }
        (Language::Ru, LibraryError::Name { name }) => {
            format!("в имени бывают только буквы, цифры, `-`, `_` и `.`, а здесь {name:?}")
        }
        (Language::Ru, LibraryError::TooShort { name, frames }) => format!(
            "{name}: слишком коротко — звучит, не считая тонов, {frames} кадров по 20 мс, а у сообщения их не меньше {EVIDENCE}"
        ),
    }
}

/// What is no announcement, by what it is.
pub(super) fn none(what: Verdict, language: Language) -> String {
    let what = verdict(what, language);
    match language {
        Language::En => format!("{what}: no announcement of an operator"),
        Language::Ru => format!("{what}: это не сообщение оператора"),
    }
}
