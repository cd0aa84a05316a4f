//! What the YAML reader says of a file, in both languages.

use serde_saphyr::Error;

use crate::domain::Words;
use crate::ivr::mistake::told;

/// What is wrong with the writing; what the reader says seldom, it says in English in both.
pub fn told_of(error: &Error) -> Words {
    let error = error.without_snippet();
    let en = match error {
        Error::DuplicateMappingKey { key: Some(key), .. } => format!("the key {key} is written twice"),
        Error::DuplicateMappingKey { key: None, .. } => "a key is written twice".to_owned(),
        _ => error.to_string(),
    };
    let ru = match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            format!("нет такого ключа: {field}; есть: {}", expected.join(", "))
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            format!("нет такого: {variant}; бывает: {}", expected.join(", "))
        }
        Error::SerdeMissingField { field, .. } => format!("не указано: {field}"),
        Error::DuplicateMappingKey { key: Some(key), .. } => format!("ключ указан дважды: {key}"),
        Error::DuplicateMappingKey { key: None, .. } => "ключ указан дважды".to_owned(),
        Error::SerdeInvalidType { unexpected, expected, .. } => {
            format!("не тот вид значения: {unexpected}; нужно: {expected}")
        }
        Error::SerdeInvalidValue { unexpected, expected, .. } => {
            format!("не то значение: {unexpected}; нужно: {expected}")
        }
        _ => en.clone(),
    };
    told(en, ru)
}
