//! Cuts an utterance into sentences.

use super::super::Unspeakable;
use super::super::pieces::{Break, Piece, pieces_of};
use super::super::reading::read;
use crate::domain::{Part, Utterance};

/// The texts of those sentences that say a name, as an engine is to read them. Holds debtor's data: not for logs.
///
/// # Errors
/// When a slot has no reading.
pub fn name_sentences(utterance: &Utterance) -> Result<Vec<String>, Unspeakable> {
    let named = |sentence: &Utterance| sentence.parts.iter().any(|part| matches!(part, Part::Name(_)));
    sentences(utterance).into_iter().filter(named).map(|sentence| Ok(read(&sentence)?.text)).collect()
}

/// The sentences one by one; a file is one by itself.
pub fn sentences(utterance: &Utterance) -> Vec<Utterance> {
    let mut all: Vec<Vec<Part>> = vec![Vec::new()];
    for part in &utterance.parts {
        match part {
            Part::File(_) => all.extend([vec![part.clone()], Vec::new()]),
            Part::Words(words) => {
                for (words, ends) in runs(words) {
                    all.last_mut().expect("one at least").push(Part::Words(words));
                    if ends {
                        all.push(Vec::new());
                    }
                }
            }
            slot => all.last_mut().expect("one at least").push(slot.clone()),
        }
    }
    all.retain(|parts| !parts.is_empty());
    all.into_iter().map(|parts| Utterance { language: utterance.language, parts }).collect()
}

/// Fixed words up to the end of each sentence, and whether it is one.
fn runs(words: &str) -> Vec<(String, bool)> {
    let mut runs = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    for token in words.split_whitespace() {
        run.push(token);
        if pieces_of(token).contains(&Piece::Break(Break::Long)) {
            runs.push((std::mem::take(&mut run).join(" "), true));
        }
    }
    if !run.is_empty() {
        runs.push((run.join(" "), false));
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Language, PersonName};

    fn words(text: &str) -> Part {
        Part::Words(text.to_owned())
    }

    #[test]
    fn only_the_sentence_with_the_name_goes_to_an_engine() {
        let name = Part::Name(PersonName::new("Иван Петрович"));
        let parts = vec![
            words("Здравствуйте."),
            words("Это"),
            name.clone(),
            words("?"),
            words("Если да, нажмите один."),
        ];
        let utterance = Utterance { language: Language::Ru, parts };
        assert_eq!(name_sentences(&utterance).unwrap(), ["Это Иван Петрович?"]);
        assert_eq!(sentences(&utterance).len(), 3);
        let parts = vec![words("Добрый день! Сообщение для:"), name, words(". Спасибо. До свидания.")];
        let utterance = Utterance { language: Language::Ru, parts };
        assert_eq!(name_sentences(&utterance).unwrap(), ["Сообщение для: Иван Петрович."]);
    }

    #[test]
    fn sentences_put_together_say_the_same() {
        let parts = vec![
            words("Раз, два. Три:"),
            Part::Digits("45".to_owned()),
            words(". Пять!"),
            Part::File("menu.wav".to_owned()),
            words("Шесть"),
        ];
        let whole = Utterance { language: Language::Ru, parts };
        let texts: Vec<_> = sentences(&whole).iter().map(|sentence| read(sentence).unwrap().text).collect();
        assert_eq!(texts, ["Раз, два.", "Три: четыре пять.", "Пять!", "[menu.wav]", "Шесть"]);
    }
}
