//! Reads an utterance: each slot in its language, words as they are written.

use jiff::civil::Date;

use super::pieces::{Break, Piece, Pieces, fold, pieces_of};
use super::{Unspeakable, english, russian};
use crate::domain::utterance::{Case, YEAR_FROM_DAYS};
use crate::domain::{Language, Part, Utterance};

/// An utterance read: the text as it is written, and the same as pieces.
pub(super) struct Reading {
    pub text: String,
    pub pieces: Vec<Piece>,
}

pub(super) fn read(utterance: &Utterance) -> Result<Reading, Unspeakable> {
    let mut reading = Reading { text: String::new(), pieces: Vec::new() };
    for part in &utterance.parts {
        match part {
            Part::File(path) => {
                append(&mut reading.text, &format!("[{path}]"));
                reading.pieces.push(Piece::File(path.clone()));
            }
            Part::Name(name) => written(&mut reading, name.reveal()),
            Part::Words(words) => written(&mut reading, words),
            slot => {
                let said = read_slot(slot, utterance.language, governed_case(&reading))?;
                append(&mut reading.text, &said.text());
                reading.pieces.extend(said.0);
            }
        }
    }
    Ok(reading)
}

fn written(reading: &mut Reading, words: &str) {
    append(&mut reading.text, words);
    reading.pieces.extend(pieces_of(words));
}

/// Puts a space between two parts where neither has one and no mark follows.
fn append(text: &mut String, words: &str) {
    // "six p.m." ends the sentence with the full stop that it has.
    let words = if text.ends_with('.') { words.strip_prefix('.').unwrap_or(words) } else { words };
    let marks = [' ', '\n', '\t', '.', ',', ':', ';', '!', '?', '»', ')', '…'];
    let open = text.is_empty() || text.ends_with([' ', '\n', '\t', '«', '(']);
    if !open && !words.is_empty() && !words.starts_with(marks) {
        text.push(' ');
    }
    text.push_str(words);
}

/// Reads a typed slot. `governed` is the case of those slots that carry none of their own.
fn read_slot(slot: &Part, language: Language, governed: Case) -> Result<Pieces, Unspeakable> {
    let mut out = Pieces::default();
    match (language, slot) {
        (Language::En, Part::Count { number, noun }) => english::count(&mut out, *number, noun)?,
        (Language::En, Part::Date { date, with_year, .. }) => english::date(&mut out, *date, *with_year)?,
        (Language::En, Part::Digits(digits)) => english::digits(&mut out, digits)?,
        (Language::En, Part::Duration(lasts)) => english::duration(&mut out, *lasts)?,
        (Language::En, Part::Money { amount, .. }) => english::money(&mut out, *amount)?,
        (Language::En, Part::Phone(phone)) => english::phone(&mut out, phone)?,
        (Language::En, Part::Time(time)) => english::time(&mut out, *time),
        (Language::Ru, Part::Count { number, noun }) => russian::count(&mut out, *number, noun, governed)?,
        (Language::Ru, Part::Date { date, case, with_year }) => {
            russian::date(&mut out, *date, *case, *with_year)?;
        }
        (Language::Ru, Part::Digits(digits)) => russian::digits(&mut out, digits)?,
        (Language::Ru, Part::Duration(lasts)) => russian::duration(&mut out, *lasts, governed)?,
        (Language::Ru, Part::Money { amount, case }) => russian::money(&mut out, *amount, *case)?,
        (Language::Ru, Part::Phone(phone)) => russian::phone(&mut out, phone)?,
        (Language::Ru, Part::Time(time)) => russian::time(&mut out, *time, governed)?,
        (_, Part::File(_) | Part::Name(_) | Part::Words(_)) => unreachable!("these are no slots"),
    }
    Ok(out)
}

/// The case asked for by the Russian preposition before a slot: «до девятнадцати часов», «через одну минуту».
fn governed_case(reading: &Reading) -> Case {
    match last_word(&reading.pieces).as_deref() {
        Some(
            "без" | "до" | "из" | "около" | "от" | "после" | "с" | "со" | "у" | "течение" | "более" | "менее"
            | "позднее" | "позже" | "ранее" | "раньше",
        ) => Case::Genitive,
        Some("в" | "за" | "на" | "спустя" | "через") => Case::Accusative,
        _ => Case::Nominative,
    }
}

/// The word right before what comes, folded; none after a pause.
fn last_word(pieces: &[Piece]) -> Option<String> {
    match pieces.last()? {
        Piece::Word(word) => Some(fold(word)),
        Piece::Break(Break::Long | Break::Short) | Piece::File(_) => None,
    }
}

/// Says «сегодня», «завтра», "today", "tomorrow" for the dates that are so on `today`, the debtor's own date, unless a
/// preposition stands before ("on today" is no English), and adds the year to dates further
/// than about nine months off.
pub fn near_dates(mut utterance: Utterance, today: Date) -> Utterance {
    let mut after_preposition = false;
    for part in &mut utterance.parts {
        if let Part::Date { date, with_year, .. } = part {
            let days = today.until(*date).map_or(i32::MAX, |span| span.get_days());
            *with_year |= days.abs() > YEAR_FROM_DAYS;
            if !after_preposition && (0..=1).contains(&days) {
                *part = Part::Words(near_word(utterance.language, *date == today).to_owned());
            }
        }
        after_preposition = matches!(part, Part::Words(words) if ends_with_preposition(words));
    }
    utterance
}

fn near_word(language: Language, today: bool) -> &'static str {
    match (language, today) {
        (Language::En, false) => "tomorrow",
        (Language::En, true) => "today",
        (Language::Ru, false) => "завтра",
        (Language::Ru, true) => "сегодня",
    }
}

fn ends_with_preposition(words: &str) -> bool {
    let last = last_word(&pieces_of(words));
    let last = last.as_deref().unwrap_or_default();
    matches!(
        last,
        "до" | "от"
            | "с"
            | "со"
            | "на"
            | "к"
            | "ко"
            | "по"
            | "после"
            | "on"
            | "by"
            | "before"
            | "after"
            | "from"
            | "since"
            | "until"
            | "till"
            | "of"
            | "to"
            | "than"
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;
    use crate::domain::{Currency, Money};

    fn said(language: Language, parts: Vec<Part>) -> String {
        read(&Utterance { language, parts }).unwrap().text
    }

    fn words(text: &str) -> Part {
        Part::Words(text.to_owned())
    }

    fn on(y: i16, m: i8, d: i8) -> Part {
        Part::Date { date: date(y, m, d), case: Case::Genitive, with_year: false }
    }

    #[test]
    fn parts_are_joined_with_one_space_and_marks_stay_close() {
        let amount = Part::Money { amount: Money::new(100, Currency::Rub), case: Case::Nominative };
        let spaced = vec![words("Сумма: "), amount.clone(), words(". Спасибо.")];
        let bare = vec![words("Сумма:"), amount, words("."), words("Спасибо.")];
        assert_eq!(said(Language::Ru, spaced), "Сумма: один рубль. Спасибо.");
        assert_eq!(said(Language::Ru, bare), "Сумма: один рубль. Спасибо.");
    }

    #[test]
    fn the_preposition_before_a_slot_sets_its_case() {
        let evening = || Part::Time(time(19, 0, 0, 0));
        assert_eq!(
            said(Language::Ru, vec![words("Позвоните до"), evening()]),
            "Позвоните до девятнадцати часов"
        );
        assert_eq!(said(Language::Ru, vec![words("Сейчас"), evening()]), "Сейчас девятнадцать часов");
        let minute = Part::Count { number: 1, noun: "минута".to_owned() };
        assert_eq!(said(Language::Ru, vec![words("через"), minute]), "через одну минуту");
    }

    #[test]
    fn today_and_tomorrow_are_said_where_no_preposition_stands() {
        let today = date(2026, 12, 31);
        let near = |language, before: &str, day| {
            let utterance = Utterance { language, parts: vec![words(before), day] };
            read(&near_dates(utterance, today)).unwrap().text
        };
        assert_eq!(near(Language::Ru, "Оплатите", on(2026, 12, 31)), "Оплатите сегодня");
        assert_eq!(near(Language::Ru, "Вы заплатите", on(2027, 1, 1)), "Вы заплатите завтра");
        assert_eq!(near(Language::Ru, "до", on(2027, 1, 1)), "до первого января");
        assert_eq!(near(Language::En, "due on", on(2027, 1, 1)), "due on the first of January");
        assert_eq!(near(Language::En, "You pay", on(2027, 1, 1)), "You pay tomorrow");
    }

    #[test]
    fn a_far_date_is_said_with_its_year() {
        let far =
            |day| read(&near_dates(Utterance { language: Language::Ru, parts: vec![day] }, date(2026, 1, 1)));
        assert_eq!(far(on(2026, 9, 30)).unwrap().text, "тридцатого сентября");
        assert_eq!(far(on(2026, 12, 1)).unwrap().text, "первого декабря две тысячи двадцать шестого года");
        assert_eq!(far(on(2025, 3, 1)).unwrap().text, "первого марта две тысячи двадцать пятого года");
    }
}
