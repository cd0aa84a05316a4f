//! Phrases of a word list, and whether a text has them in some form.

use crate::domain::Language;

/// Words to look for, one after another.
#[derive(Clone, Debug)]
pub(super) struct Sought {
    /// As a finding shows them.
    pub(super) shown: String,
    words: Vec<SoughtWord>,
}

#[derive(Clone, Debug)]
struct SoughtWord {
    word: String,
    /// As it stands, not as a beginning.
    whole: bool,
    /// Up to two others may stand before it.
    apart: bool,
}

/// Stands between words that are not one after another.
pub(super) const PARTED: &str = "\u{2026}";

/// Stands where the debtor's name is said.
pub(super) const NAMED: &str = "\u{2026}\u{2026}";

/// How a list writes that.
const NAME_SLOT: &str = "{{ debtor.name }}";

/// What Russian names end in and change with the case.
const ENDINGS: [char; 9] = ['а', 'е', 'и', 'й', 'о', 'у', 'ы', 'ь', 'я'];

impl Sought {
    pub(super) fn parse(language: Language, line: &str) -> Self {
        let written = line.replace(NAME_SLOT, NAMED);
        let words: Vec<&str> = written.split_whitespace().collect();
        let last = words.len().saturating_sub(1);
        let parse = |(at, word): (usize, &&str)| {
            let whole = if at == last { word.ends_with('$') } else { !word.ends_with('*') };
            let apart = at > 0 && words[at - 1] == "*";
            folded(language, word).into_iter().map(move |word| SoughtWord { word, whole, apart })
        };
        let sought = words.iter().enumerate().flat_map(parse).collect();
        Self { shown: line.replace(" * ", " … ").replace(['$', '*'], ""), words: sought }
    }

    /// A name in whatever case it stands.
    pub(super) fn name(language: Language, name: &str) -> Self {
        let stem = |mut word: String| {
            for _ in 0..2 {
                if word.chars().count() > 4 && word.ends_with(ENDINGS) {
                    word.pop();
                }
            }
            SoughtWord { word, whole: false, apart: false }
        };
        let words = folded(language, name).into_iter().map(stem).collect();
        Self { shown: name.to_owned(), words }
    }

    pub(super) fn is_in(&self, text: &[String]) -> bool {
        !self.words.is_empty() && (0..text.len()).any(|at| begins(&self.words, &text[at..]))
    }
}

/// Whether the text begins with the words.
fn begins(sought: &[SoughtWord], text: &[String]) -> bool {
    let Some((first, rest)) = sought.split_first() else { return true };
    let is = |word: &String| {
        if first.whole { *word == first.word } else { word.starts_with(&first.word) }
    };
    let farthest = if first.apart { MOST_APART } else { 0 };
    (0..=farthest).any(|at| text.get(at).is_some_and(is) && begins(rest, &text[at + 1..]))
}

/// Words that may stand where a phrase has `*` by itself.
const MOST_APART: usize = 2;

/// The words of a text as they are said: a currency's sign is its word.
pub(super) fn spoken(language: Language, text: &str) -> Vec<String> {
    let signs = match language {
        Language::Ru => [('₽', " рублей "), ('$', " долларов "), ('€', " евро "), ('₸', " тенге ")],
        Language::En => [('₽', " rubles "), ('$', " dollars "), ('€', " euros "), ('₸', " tenge ")],
    };
    let said = signs.into_iter().fold(text.to_owned(), |text, (sign, word)| text.replace(sign, word));
    folded(language, &said)
}

/// The words of a text: small letters, ё as е, marks gone, letters of the other alphabet that look like this one's as
/// this one's.
fn folded(language: Language, text: &str) -> Vec<String> {
    // Accents, soft hyphens and joiners are inside of words.
    let unseen =
        |c: char| matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}');
    let text = text.to_lowercase().replace("и\u{306}", "й");
    let text: String = text.chars().filter(|c| !unseen(*c)).collect();
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\u{2026}').filter(|word| !word.is_empty());
    words.map(|word| word.chars().map(|c| alike(language, c)).collect()).collect()
}

/// The letter of `language` that looks like `letter`; itself where there is none.
fn alike(language: Language, letter: char) -> char {
    const LATIN: &str = "aceopxykmhbt03";
    const CYRILLIC: &str = "асеорхукмнвтоз";
    let letter = if letter == 'ё' { 'е' } else { letter };
    let (from, to) = match language {
        Language::En if letter == '0' => return 'o',
        Language::En => (CYRILLIC, &LATIN[..12]),
        Language::Ru => (LATIN, CYRILLIC),
    };
    let at = from.chars().position(|other| other == letter);
    at.and_then(|at| to.chars().nth(at)).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_creditors_name_is_found_in_whatever_case_it_stands() {
        let is_in =
            |name: &str, text: &str| Sought::name(Language::Ru, name).is_in(&folded(Language::Ru, text));
        assert!(is_in("Северный Банк", "Это из Северного Банка?"));
        assert!(is_in("Ромашка Телеком", "Звоним от Ромашки Телеком."));
        assert!(!is_in("Северный Банк", "Северный ветер"));
    }

    #[test]
    fn a_phrase_with_the_name_is_found_where_the_name_is_said() {
        let sought = Sought::parse(Language::Ru, "это {{ debtor.name }}");
        let says = |text: &str| sought.is_in(&folded(Language::Ru, text));
        assert!(says(&format!("Здравствуйте. Это {NAMED} ?")));
        assert!(!says(&format!("Это {PARTED} ?")) && !says("Это запись."));
    }
}
