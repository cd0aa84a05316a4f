//! Closed sets of words: debtor types, currencies, languages, in Russian and English.

use crate::domain::{Currency, DebtorType, Language};

/// Reads a debtor's type by its code or a usual word.
pub fn debtor_type(cell: &str) -> Option<DebtorType> {
    let word = fold(cell);
    DebtorType::parse(&word).or_else(|| {
        Some(match word.as_str() {
            "забывчивый" | "забывчивые" => DebtorType::Forgetful,
            "мошенник" | "мошенники" => DebtorType::Fraudster,
            "хронический" | "привычный" | "злостный" => DebtorType::Habitual,
            "безответственный" | "необязательный" | "бездельник" => {
                DebtorType::Idler
            }
            "вынужденный" | "поневоле" | "пострадавший" => {
                DebtorType::Involuntary
            }
            "неизвестный" | "неизвестно" | "не определен" | "не классифицирован" => {
                DebtorType::Unknown
            }
            _ => return None,
        })
    })
}

/// Reads a currency by its code, sign or usual word.
pub fn currency(cell: &str) -> Option<Currency> {
    let word = fold(cell);
    Currency::parse(&word).or_else(|| {
        Some(match word.trim_end_matches('.') {
            "₽" | "р" | "руб" | "рубль" | "рубли" | "рублей" | "рубля" | "rub" | "643" | "810" => {
                Currency::Rub
            }
            "$" | "доллар" | "доллары" | "долл" | "us$" | "840" => Currency::Usd,
            "€" | "евро" | "euro" | "978" => Currency::Eur,
            "₸" | "тенге" | "тг" | "398" => Currency::Kzt,
            _ => return None,
        })
    })
}

/// Reads a language by its code or name.
pub fn language(cell: &str) -> Option<Language> {
    let word = fold(cell);
    match word.as_str() {
        "рус" | "русский" | "russian" | "rus" => Some(Language::Ru),
        "анг" | "англ" | "английский" | "english" | "eng" => Some(Language::En),
        code => Language::parse(code),
    }
}

/// Small letters, ё as е, one space between words.
fn fold(cell: &str) -> String {
    let lower = cell.to_lowercase().replace('ё', "е");
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_usual_words_are_both_read() {
        assert_eq!(debtor_type(" Забывчивый "), Some(DebtorType::Forgetful));
        assert_eq!(debtor_type("INVOLUNTARY"), Some(DebtorType::Involuntary));
        assert_eq!(debtor_type("хороший"), None);
        assert_eq!(currency("руб."), Some(Currency::Rub));
        assert_eq!(currency("usd"), Some(Currency::Usd));
        assert_eq!(currency("RUR"), Some(Currency::Rub));
        assert_eq!(language("Русский"), Some(Language::Ru));
        assert_eq!(language("en-GB"), Some(Language::En));
        assert_eq!(language("fr"), None);
    }

    #[test]
    fn every_type_is_read_by_its_code() {
        for debtor_type in DebtorType::ALL {
            assert_eq!(super::debtor_type(debtor_type.code()), Some(debtor_type));
        }
    }
}
