//! The language of the screen: what was asked for, else the locale's.

use std::env;

use crate::domain::Language;

/// `asked`, else the first of `LC_ALL`, `LC_MESSAGES`, `LANG` that is set; English where that is no help.
pub fn screen_language(asked: Option<Language>) -> Language {
    let by_locale = || {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| env::var(name).ok());
        set.into_iter().find(|locale| !locale.is_empty()).and_then(|locale| Language::parse(&locale))
    };
    asked.or_else(by_locale).unwrap_or(Language::En)
}

/// Reads `--lang`.
///
/// # Errors
/// When it is neither `ru` nor `en`.
pub fn parse_language(text: &str) -> Result<Language, String> {
    Language::parse(text).ok_or_else(|| "ru or en".to_owned())
}
