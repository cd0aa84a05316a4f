//! Which names a voice may be given to read.

use crate::domain::Language;

/// The name as a voice of `language` is to read it: one space between words, words in capitals written small, since
/// engines spell capitals. `None` where it would be spelled or swallowed: initials, digits, another alphabet, a legal
/// form. Then the wording without the name is said.
pub fn readable_name(name: &str, language: Language) -> Option<String> {
    let words: Vec<&str> = name.split_whitespace().collect();
    let sound = (1..=MOST_WORDS).contains(&words.len()) && name.chars().count() <= LONGEST;
    if !sound || !words.iter().all(|word| is_readable(word, language)) {
        return None;
    }
    Some(words.into_iter().map(without_capitals).collect::<Vec<_>>().join(" "))
}

const MOST_WORDS: usize = 6;
/// Letters.
const LONGEST: usize = 80;

/// Firms are no persons to be asked for, and engines spell these.
const LEGAL_FORMS: [&str; 11] = ["ао", "зао", "ип", "оао", "ооо", "пао", "чп", "inc", "llc", "llp", "ltd"];

fn is_readable(word: &str, language: Language) -> bool {
    let small = word.to_lowercase();
    let of_alphabet = |c: char| match language {
        Language::En => c.is_alphabetic() && u32::from(c) < 0x250,
        Language::Ru => matches!(c, 'а'..='я' | 'ё'),
    };
    let vowels = match language {
        Language::En => "aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿ",
        Language::Ru => "аеёиоуыэюя",
    };
    let parts = || small.split(['-', '\'', '’']);
    parts().all(|part| !part.is_empty() && part.chars().all(of_alphabet))
        && small.chars().filter(|c| c.is_alphabetic()).count() > 1
        && small.contains(|c| vowels.contains(c))
        && !LEGAL_FORMS.contains(&small.as_str())
}

/// `ИВАНОВА-ПЕТРОВА` as `Иванова-Петрова`.
fn without_capitals(word: &str) -> String {
    if word.chars().any(char::is_lowercase) {
        return word.to_owned();
    }
    let mut first = true;
    let mut written = String::new();
    for letter in word.chars() {
        if first {
            written.push(letter);
        } else {
            written.extend(letter.to_lowercase());
        }
        first = !letter.is_alphabetic();
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_written_but_not_in_capitals() {
        for (name, read) in [
            ("Иван  Петрович", "Иван Петрович"),
            ("ИВАНОВА-ПЕТРОВА АННА", "Иванова-Петрова Анна"),
            ("Гусейнов Али Вагиф оглы", "Гусейнов Али Вагиф оглы"),
            ("Ёлкин Пётр", "Ёлкин Пётр"),
        ] {
            assert_eq!(readable_name(name, Language::Ru).as_deref(), Some(read));
        }
        assert_eq!(readable_name("MARY O'NEIL", Language::En).as_deref(), Some("Mary O'Neil"));
        assert_eq!(readable_name("José Núñez", Language::En).as_deref(), Some("José Núñez"));
    }

    #[test]
    fn what_a_voice_would_spell_or_swallow_is_not_read() {
        for name in [
            "Иванов И. П.",
            "Иванов И П",
            "Иван 2",
            "John Smith",
            "ООО Ромашка",
            "Мрк",
            "",
            " ",
            "-Иван",
            "Иван.",
        ] {
            assert_eq!(readable_name(name, Language::Ru), None, "{name}");
        }
        for name in ["Иван Петрович", "J. Smith", "Acme Ltd", "John3", "Smth"] {
            assert_eq!(readable_name(name, Language::En), None, "{name}");
        }
        assert_eq!(readable_name(&"Анна ".repeat(7), Language::Ru), None);
    }
}
