//! Every fragment a pack needs for the slots: what a speaker records.

use std::collections::HashSet;
use std::time::Duration;

use jiff::civil::{Date, Time, date};

use super::pieces::{Break, Piece, fold, pieces_of};
use super::reading::read;
use super::{Intonation, english, russian};
use crate::domain::utterance::Case;
use crate::domain::{Currency, Language, Money, Part, PhoneNumber, Utterance};

/// Words to record in one intonation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fragment {
    /// As written: with ё and capitals.
    pub words: String,
    pub at: Intonation,
}

/// The single words the slots are put together from, in the order of first use. Found by reading a set of values that
/// uses every word in every place, so the list cannot miss what the grammar writes.
pub fn slot_fragments(language: Language) -> Vec<Fragment> {
    let mut seen = HashSet::new();
    let mut fragments = Vec::new();
    for part in spanning_slots(language) {
        let reading = read(&Utterance { language, parts: vec![part.clone()] });
        let reading = reading.expect("the spanning values are in range");
        let words: Vec<_> = reading.pieces.iter().filter_map(word_of).flat_map(|w| w.split('-')).collect();
        for (place, word) in words.iter().enumerate() {
            // What ends a slot may stand before more words, too.
            let ends = place + 1 == words.len();
            for at in
                [Intonation::Mid, Intonation::End].into_iter().filter(|at| ends || *at == Intonation::Mid)
            {
                if seen.insert((fold(word), at)) {
                    fragments.push(Fragment { words: (*word).to_owned(), at });
                }
            }
        }
    }
    fragments
}

/// Groups of words that sound better recorded in one breath: 21 to 99, the Russian days 21 to 31, and every English day with
/// what stands about it ("the third of"), for so short a word as "the" is lost at a joint. A pack may lack them.
pub fn slot_compounds(language: Language) -> Vec<Fragment> {
    let mut seen = HashSet::new();
    let mut compounds = Vec::new();
    let mut add = |words: &[&str]| {
        let words = words.join(" ");
        if seen.insert(fold(&words)) {
            compounds.push(Fragment { words, at: Intonation::Mid });
        }
    };
    for part in compound_slots(language) {
        let reading = read(&Utterance { language, parts: vec![part] });
        let reading = reading.expect("the spanning values are in range");
        let words: Vec<_> = reading.pieces.iter().filter_map(word_of).collect();
        match language {
            Language::En if words[0] == "the" => add(&words[..3]),
            Language::En => add(&words.iter().copied().filter(|w| w.contains('-')).collect::<Vec<_>>()),
            Language::Ru => add(&words[..2]),
        }
    }
    compounds
}

/// The runs of fixed words in a flow's text, whole up to a slot or the end of a sentence, with their marks.
pub fn text_fragments(text: &str) -> Vec<Fragment> {
    let mut fragments = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    for token in text.split_whitespace() {
        run.push(token);
        if pieces_of(token).contains(&Piece::Break(Break::Long)) {
            finish_run(&mut fragments, &mut run, Intonation::End);
        }
    }
    finish_run(&mut fragments, &mut run, Intonation::Mid);
    fragments
}

fn finish_run(fragments: &mut Vec<Fragment>, run: &mut Vec<&str>, at: Intonation) {
    let words = std::mem::take(run).join(" ");
    if !fold(&words).is_empty() {
        let words = words.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '«').to_owned();
        fragments.push(Fragment { words, at });
    }
}

fn word_of(piece: &Piece) -> Option<&str> {
    match piece {
        Piece::Word(word) => Some(word),
        Piece::Break(_) | Piece::File(_) => None,
    }
}

const CASES: [Case; 3] = [Case::Nominative, Case::Accusative, Case::Genitive];

fn spanning_slots(language: Language) -> Vec<Part> {
    let mut slots = digits_and_phones();
    let numbers = (0..=20).chain((30..=90).step_by(10)).chain((100..=1000).step_by(100));
    let large = [1_000_000, 1_000_000_000].map(|scale| [scale, 2 * scale, 5 * scale]);
    let amounts: Vec<u64> = numbers.chain([2000, 5000]).chain(large.into_iter().flatten()).collect();
    for case in CASES {
        slots.extend(amounts.iter().map(|major| money(major * 100, Currency::Rub, case)));
        for currency in Currency::ALL {
            slots.extend([1, 2, 5, 101, 202, 505].map(|minor| money(minor, currency, case)));
        }
    }
    for noun in nouns(language) {
        slots.extend([1, 2, 5].map(|number| Part::Count { number, noun: noun.clone() }));
    }
    slots.extend(dates());
    slots.extend(times());
    slots
}

fn money(minor: u64, currency: Currency, case: Case) -> Part {
    Part::Money { amount: Money::new(i64::try_from(minor).expect("a few billions"), currency), case }
}

/// Digits end a sentence, and so do the groups of a telephone number.
fn digits_and_phones() -> Vec<Part> {
    let digits = (0..=9).flat_map(|d| [Part::Digits(format!("{d}")), Part::Digits(format!("{d}{d}"))]);
    let phones = (1..=99).map(|last| format!("+7999{}0000{last:02}", 1 + last % 9));
    let phones = phones.map(|number| Part::Phone(PhoneNumber::parse(&number).expect("eleven digits")));
    digits.chain(phones).collect()
}

fn nouns(language: Language) -> Vec<String> {
    match language {
        Language::En => english::known_nouns().map(|noun| noun.0.to_owned()).collect(),
        Language::Ru => russian::known_nouns().map(|noun| noun.one.to_owned()).collect(),
    }
}

/// Every day, every month, and the years of a debt.
fn dates() -> Vec<Part> {
    let day = |date: Date, case, with_year| Part::Date { date, case, with_year };
    let mut dates = Vec::new();
    for case in [Case::Genitive, Case::Nominative] {
        dates.extend((1..=31).map(|d| day(date(2026, 1, d), case, false)));
        dates.extend((1..=12).map(|m| day(date(2026, m, 1), case, false)));
    }
    dates.extend((1990..=2049).map(|year| day(date(year, 1, 1), Case::Genitive, true)));
    dates
}

fn times() -> Vec<Part> {
    let times = [(0, 0), (12, 0), (1, 1), (2, 2), (5, 5), (7, 10), (13, 5), (21, 59)];
    let times = times.map(|(hour, minute)| Part::Time(Time::constant(hour, minute, 0, 0)));
    let durations = [0, 1, 3_661, 7_322, 18_305].map(|seconds| Part::Duration(Duration::from_secs(seconds)));
    times.into_iter().chain(durations).collect()
}

fn compound_slots(language: Language) -> Vec<Part> {
    let numbers = (21..=99).filter(|n| n % 10 != 0);
    let mut slots = Vec::new();
    for case in [Case::Nominative, Case::Accusative] {
        // Masculine by the roubles, feminine by the kopecks.
        slots.extend(numbers.clone().map(|n| money(n * 100, Currency::Rub, case)));
        if language == Language::Ru {
            slots.extend(numbers.clone().map(|n| Part::Count { number: n, noun: "минута".to_owned() }));
        }
    }
    let days = || (1..=31).filter(|d| language == Language::En || *d > 20 && d % 10 != 0);
    for case in [Case::Genitive, Case::Nominative] {
        slots.extend(days().map(|d| Part::Date { date: date(2026, 1, d), case, with_year: false }));
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(fragments: &[Fragment]) -> HashSet<String> {
        fragments.iter().map(|fragment| fold(&fragment.words)).collect()
    }

    #[test]
    fn the_inventory_holds_the_forms_a_slot_may_ask_for() {
        let russian = words(&slot_fragments(Language::Ru));
        for word in
            ["ноль", "одну", "двух", "тысячу", "миллиардов", "копеик", "тридцатое", "третьего", "дней"]
        {
            assert_eq!(russian.contains(word), word != "копеик", "{word}");
        }
        let english = words(&slot_fragments(Language::En));
        for word in ["zero", "twelfth", "kopeck", "billion", "oh", "pm", "noon", "december"] {
            assert!(english.contains(word), "{word}");
        }
    }

    #[test]
    fn a_text_falls_into_sentences_and_what_stands_before_a_slot() {
        let runs: Vec<_> =
            text_fragments(". Срок прошёл. Получатель: ").into_iter().map(|f| (f.words, f.at)).collect();
        let expected = [("Срок прошёл.", Intonation::End), ("Получатель:", Intonation::Mid)];
        assert_eq!(runs, expected.map(|(words, at)| (words.to_owned(), at)));
    }

    #[test]
    fn compounds_are_those_of_twenty_one_to_ninety_nine() {
        let russian = words(&slot_compounds(Language::Ru));
        assert!(russian.contains("двадцать одна") && russian.contains("тридцать первого"));
        assert!(russian.iter().all(|words| words.split(' ').count() == 2));
        let english = words(&slot_compounds(Language::En));
        assert!(english.contains("twenty one") && english.contains("the thirty first of"));
        assert_eq!(english.len(), 72 + 31);
    }
}
