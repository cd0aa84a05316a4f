//! A word or a clause in both languages of the screens.

use super::Language;

/// A word or a clause in both languages of the screens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    pub en: String,
    pub ru: String,
}

impl Words {
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Ru => &self.ru,
        }
    }
}
