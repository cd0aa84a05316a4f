//! Russian dates: «двадцать первого декабря», «двадцать первое декабря две тысячи двадцать шестого года».

use jiff::civil::Date;

use super::super::Unspeakable;
use super::super::pieces::Pieces;
use super::numerals::{Gender, cardinal};
use crate::domain::utterance::Case;

const MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// Ordinals 1 to 20 without their ending; 3 ends softly (третье, третьего).
const STEMS: [&str; 20] = [
    "перв",
    "втор",
    "треть",
    "четвёрт",
    "пят",
    "шест",
    "седьм",
    "восьм",
    "девят",
    "десят",
    "одиннадцат",
    "двенадцат",
    "тринадцат",
    "четырнадцат",
    "пятнадцат",
    "шестнадцат",
    "семнадцат",
    "восемнадцат",
    "девятнадцат",
    "двадцат",
];

/// 30 to 90.
const TEN_STEMS: [&str; 7] =
    ["тридцат", "сороков", "пятидесят", "шестидесят", "семидесят", "восьмидесят", "девяност"];

/// 100 to 900.
const HUNDRED_STEMS: [&str; 9] =
    ["сот", "двухсот", "трёхсот", "четырёхсот", "пятисот", "шестисот", "семисот", "восьмисот", "девятисот"];

/// 1000 to 9000.
const THOUSAND_STEMS: [&str; 9] = [
    "тысячн",
    "двухтысячн",
    "трёхтысячн",
    "четырёхтысячн",
    "пятитысячн",
    "шеститысячн",
    "семитысячн",
    "восьмитысячн",
    "девятитысячн",
];

/// Writes the date: the genitive answers "when", the nominative is neuter, the accusative («на двенадцатое») looks
/// like the nominative.
pub(in crate::speech) fn date(
    out: &mut Pieces,
    date: Date,
    case: Case,
    with_year: bool,
) -> Result<(), Unspeakable> {
    ordinal(out, date.day().unsigned_abs().into(), case)?;
    out.say(MONTHS[usize::from(date.month().unsigned_abs()) - 1]);
    if with_year {
        let year = u64::try_from(date.year()).map_err(|_| Unspeakable::Negative)?;
        if year == 0 {
            return Err(Unspeakable::Negative);
        }
        ordinal(out, year, Case::Genitive)?;
        out.say("года");
    }
    Ok(())
}

/// Writes the ordinal (1 to 9999), neuter or genitive: only its last word is an ordinal.
fn ordinal(out: &mut Pieces, number: u64, case: Case) -> Result<(), Unspeakable> {
    let (before, stem) = split(number as usize);
    if before > 0 {
        let mut words = Pieces::default();
        cardinal(&mut words, before as u64, Gender::Masculine, Case::Nominative)?;
        // A year is «тысяча девятьсот …», without «одна».
        let words = words.text();
        out.say(words.strip_prefix("одна ").unwrap_or(&words));
    }
    out.say(&with_ending(stem, case));
    Ok(())
}

/// The cardinal before the last word, and the last word's stem.
fn split(number: usize) -> (usize, &'static str) {
    let hundred_rest = number % 100;
    if (1..=20).contains(&hundred_rest) {
        (number - hundred_rest, STEMS[hundred_rest - 1])
    } else if !number.is_multiple_of(10) {
        (number - number % 10, STEMS[number % 10 - 1])
    } else if hundred_rest != 0 {
        (number - hundred_rest, TEN_STEMS[hundred_rest / 10 - 3])
    } else if !number.is_multiple_of(1000) {
        (number - number % 1000, HUNDRED_STEMS[number % 1000 / 100 - 1])
    } else {
        (0, THOUSAND_STEMS[number / 1000 - 1])
    }
}

fn with_ending(stem: &str, case: Case) -> String {
    let soft = stem == "треть";
    match case {
        Case::Accusative | Case::Nominative => format!("{stem}{}", if soft { "е" } else { "ое" }),
        Case::Genitive => format!("{stem}{}", if soft { "его" } else { "ого" }),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil;

    use super::*;

    fn words(y: i16, m: i8, d: i8, case: Case, with_year: bool) -> String {
        let mut out = Pieces::default();
        date(&mut out, civil::date(y, m, d), case, with_year).unwrap();
        out.text()
    }

    #[test]
    fn only_the_last_word_is_an_ordinal() {
        assert_eq!(words(2026, 12, 21, Case::Genitive, false), "двадцать первого декабря");
        assert_eq!(words(2026, 6, 3, Case::Genitive, false), "третьего июня");
        assert_eq!(words(2026, 6, 3, Case::Nominative, false), "третье июня");
        assert_eq!(words(2026, 8, 30, Case::Genitive, false), "тридцатого августа");
        assert_eq!(words(2026, 12, 12, Case::Accusative, false), "двенадцатое декабря");
    }

    #[test]
    fn the_year_is_genitive_whatever_the_day_is() {
        let year = |y| words(y, 1, 1, Case::Nominative, true).replace("первое января ", "");
        assert_eq!(year(2027), "две тысячи двадцать седьмого года");
        assert_eq!(year(2030), "две тысячи тридцатого года");
        assert_eq!(year(2000), "двухтысячного года");
        assert_eq!(year(2100), "две тысячи сотого года");
        assert_eq!(year(1999), "тысяча девятьсот девяносто девятого года");
    }

    #[test]
    fn every_year_of_four_digits_has_a_reading() {
        for y in 1..=9999 {
            assert!(words(y, 1, 1, Case::Genitive, true).ends_with("ого года") || y % 10 == 3, "{y}");
        }
    }
}
