//! Columns and cells in short.

use crate::cli::words;
use crate::domain::{Currency, Language, Money};
use crate::stats::{Column, SheetCell};

/// Two languages' words for one thing: English, Russian.
pub type Both = (&'static str, &'static str);

/// The words of a language.
pub fn say(language: Language, (en, ru): Both) -> &'static str {
    if language == Language::Ru { ru } else { en }
}

/// A column whose name says it all.
pub fn plain(language: Language, key: &'static str, name: Both) -> Column {
    Column { key, name: say(language, name).to_owned(), of: String::new(), is_pair: false }
}

/// A column that says what it counts.
pub fn told(language: Language, key: &'static str, name: Both, of: Both) -> Column {
    Column { of: say(language, of).to_owned(), ..plain(language, key, name) }
}

/// A column of something of something.
pub fn pair(language: Language, key: &'static str, name: Both, of: Both) -> Column {
    Column { is_pair: true, ..told(language, key, name, of) }
}

pub fn channel(code: &str, language: Language) -> SheetCell {
    SheetCell::Code { code: code.to_owned(), word: words::channel(code, language).to_owned() }
}

pub fn debtor_type(code: &str, language: Language) -> SheetCell {
    SheetCell::Code { code: code.to_owned(), word: words::debtor_type(code, language).to_owned() }
}

pub fn currency(currency: Currency) -> SheetCell {
    SheetCell::Text(currency.code().to_owned())
}

pub fn money(minor: i64, currency: Currency) -> SheetCell {
    SheetCell::Money(Money::new(minor, currency))
}

pub const CHANNEL: Both = ("Channel", "Канал");
pub const CURRENCY: Both = ("Currency", "Валюта");
pub const CAMPAIGN: Both = ("Campaign", "Кампания");
pub const DEBTOR_TYPE: Both = ("Debtor's type", "Тип должника");
