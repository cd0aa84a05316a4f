//! Sentences that are put together of recordings: fixed words and the values of slots.

use super::flow::Flow;
use super::template::{Piece, Slot};
use super::wording::{says_name, sentences};
use crate::domain::Language;

/// A sentence that more than one recording says. One with a name is none: an engine says it whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinedSentence {
    /// The key of its text, such as `steps.due.say.ru`.
    pub key: String,
    /// Its fixed words, with their marks, one run a recording.
    pub words: Vec<String>,
    /// A creditor is named in it.
    pub creditor: bool,
    /// A sum, a date, a time or a number is said in it.
    pub values: bool,
}

/// Every such sentence of the flow in one language.
pub fn joined_sentences(flow: &Flow, language: Language) -> Vec<JoinedSentence> {
    let mut joined = Vec::new();
    for (key, prompt) in flow.prompts() {
        let texts = prompt.every_text().filter(|(of, _)| *of == language);
        for sentence in
            texts.flat_map(|(_, pieces)| sentences(pieces)).filter(|sentence| !says_name(sentence))
        {
            let key = format!("{key}.{}", language.code());
            let sentence = read(key, sentence);
            if (sentence.creditor || sentence.values) && !joined.contains(&sentence) {
                joined.push(sentence);
            }
        }
    }
    joined
}

fn read(key: String, sentence: &[Piece]) -> JoinedSentence {
    let mut read = JoinedSentence { key, words: Vec::new(), creditor: false, values: false };
    for piece in sentence {
        match piece {
            Piece::Words(words) if words.contains(char::is_alphanumeric) => read.words.push(words.clone()),
            Piece::Slot(Slot::Creditor) => read.creditor = true,
            Piece::Slot(Slot::DebtorName) | Piece::File(_) | Piece::Words(_) => {}
            Piece::Slot(_) => read.values = true,
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::ivr::Policy;

    #[test]
    fn a_sentence_with_a_sum_or_a_creditor_is_joined_and_one_with_a_name_or_of_words_alone_is_not() {
        let file =
            crate::ivr::read(include_str!("../../config/flows/reminder_overdue.yaml")).expect("a flow file");
        let flow = Flow::check(&file, &Policy::default(), &BTreeSet::new()).expect("a sound flow");
        let joined = joined_sentences(&flow, Language::Ru);
        let told: Vec<_> =
            joined.iter().map(|said| (said.words.join("|"), said.creditor, said.values)).collect();
        let expected = [
            ("Получатель:", true, false),
            ("Сумма:", false, true),
            ("Срок платежа:", false, true),
            ("Вы оплатите", false, true),
            ("Время звонка:", false, true),
            ("Пожалуйста, перезвоните по номеру", false, true),
        ];
        assert_eq!(told, expected.map(|(words, creditor, values)| (words.to_owned(), creditor, values)));
        assert_eq!(joined[0].key, "steps.due.say.ru");
    }
}
