//! Numbers, sums and dates against `tests/golden/speech_*.tsv`, which `tests/golden/speech.py` made once from the
//! Python package num2words and the Unicode CLDR.

use std::collections::HashMap;

use jiff::civil::Date;
use obzvon::domain::utterance::Case;
use obzvon::domain::{Currency, Language, Money, Part};

use crate::{said, words};

const NUMBERS_RU: &str = include_str!("../golden/speech_numbers_ru.tsv");
const NUMBERS_EN: &str = include_str!("../golden/speech_numbers_en.tsv");
const CASES_RU: &str = include_str!("../golden/speech_cases_ru.tsv");
const DATES: &str = include_str!("../golden/speech_dates.tsv");

fn rows(tsv: &'static str) -> impl Iterator<Item = (u64, Vec<&'static str>)> {
    tsv.lines().map(|line| {
        let mut fields = line.split('\t');
        let number = fields.next().and_then(|n| n.parse().ok()).expect("a number first");
        (number, fields.collect())
    })
}

fn count(number: u64, noun: &str) -> Part {
    Part::Count { number, noun: noun.to_owned() }
}

fn without_last(text: &str) -> &str {
    text.rsplit_once(' ').map_or("", |(rest, _)| rest)
}

#[test]
fn russian_numbers_and_the_noun_after_them_agree_with_num2words() {
    for (number, golden) in rows(NUMBERS_RU) {
        let form = ["день", "дня", "дней"][golden[0].parse::<usize>().expect("0 to 2")];
        assert_eq!(said(Language::Ru, vec![count(number, "день")]), format!("{} {form}", golden[1]));
    }
}

#[test]
fn english_numbers_agree_with_num2words() {
    for (number, golden) in rows(NUMBERS_EN) {
        let noun = if number == 1 { "day" } else { "days" };
        assert_eq!(said(Language::En, vec![count(number, "day")]), format!("{} {noun}", golden[0]));
    }
}

#[test]
fn russian_cases_agree_with_num2words_where_it_counts_things() {
    for (number, golden) in rows(CASES_RU) {
        let minutes = |preposition: &str| {
            let text = said(Language::Ru, vec![words(preposition), count(number, "минута")]);
            without_last(text.trim_start_matches(preposition)).trim().to_owned()
        };
        let roubles = Part::Money {
            amount: Money::new(i64::try_from(number).expect("in range") * 100, Currency::Rub),
            case: Case::Genitive,
        };
        assert_eq!(without_last(&said(Language::Ru, vec![roubles])), golden[3], "{number}");
        // num2words gives a million the gender of what is counted: «одна миллион». It is «один миллион».
        if number < 1_000_000 {
            assert_eq!(minutes(""), golden[0]);
            assert_eq!(minutes("через"), golden[1]);
            assert_eq!(minutes("до"), golden[4]);
        }
    }
}

#[test]
fn two_things_are_not_two_of_the_living() {
    // By default num2words says «двадцать двух» in the accusative, which is right of people alone.
    let golden: HashMap<_, _> = rows(CASES_RU).collect();
    assert_eq!(golden[&22][2], "двадцать двух");
    assert_eq!(said(Language::Ru, vec![words("через"), count(22, "минута")]), "через двадцать две минуты");
    assert_eq!(said(Language::Ru, vec![count(1_000_000, "минута")]), "один миллион минут");
}

/// Every sum from 0.00 to 9,999.99 in steps of 37 kopecks, or of `OBZVON_SUM_STEP`: 1 for each of the million.
fn sums() -> impl Iterator<Item = i64> {
    let step = std::env::var("OBZVON_SUM_STEP").map_or(37, |step| step.parse().expect("kopecks"));
    (0..1_000_000).step_by(step)
}

#[test]
fn russian_sums_are_put_together_from_golden_numbers() {
    let numbers: HashMap<_, _> = rows(NUMBERS_RU).collect();
    let cases: HashMap<_, _> = rows(CASES_RU).collect();
    let form =
        |number: u64, forms: [&'static str; 3]| forms[numbers[&number][0].parse::<usize>().expect("0 to 2")];
    for minor in sums() {
        let (major, rest) = (minor.unsigned_abs() / 100, minor.unsigned_abs() % 100);
        let amount = Money::new(minor, Currency::Rub);
        let mut expected = format!("{} {}", numbers[&major][1], form(major, ["рубль", "рубля", "рублей"]));
        if rest > 0 {
            expected += &format!(" {} {}", cases[&rest][0], form(rest, ["копейка", "копейки", "копеек"]));
        }
        assert_eq!(said(Language::Ru, vec![Part::Money { amount, case: Case::Nominative }]), expected);
        if let Some(golden) = cases.get(&major) {
            let mut expected = format!("{} {}", golden[3], form(major, ["рубля", "рублей", "рублей"]));
            if rest > 0 {
                expected += &format!(" {} {}", cases[&rest][4], form(rest, ["копейки", "копеек", "копеек"]));
            }
            assert_eq!(said(Language::Ru, vec![Part::Money { amount, case: Case::Genitive }]), expected);
            let mut expected = format!("{} {}", golden[5], form(major, ["рубль", "рубля", "рублей"]));
            if rest > 0 {
                expected += &format!(" {} {}", cases[&rest][1], form(rest, ["копейку", "копейки", "копеек"]));
            }
            assert_eq!(said(Language::Ru, vec![Part::Money { amount, case: Case::Accusative }]), expected);
        }
    }
}

#[test]
fn english_sums_are_put_together_from_golden_numbers() {
    let numbers: HashMap<_, _> = rows(NUMBERS_EN).collect();
    let plural = |number: u64| if number == 1 { "" } else { "s" };
    for minor in sums() {
        let (major, rest) = (minor.unsigned_abs() / 100, minor.unsigned_abs() % 100);
        let mut expected = format!("{} ruble{}", numbers[&major][0], plural(major));
        if rest > 0 {
            expected += &format!(" {} kopeck{}", numbers[&rest][0], plural(rest));
        }
        let amount = Money::new(minor, Currency::Rub);
        assert_eq!(said(Language::En, vec![Part::Money { amount, case: Case::Nominative }]), expected);
    }
}

#[test]
fn every_day_of_two_years_is_read_in_both_languages() {
    let mut days = 0;
    for line in DATES.lines() {
        let golden: Vec<_> = line.split('\t').collect();
        let date: Date = golden[0].parse().expect("a date");
        let day = |language, case, with_year| said(language, vec![Part::Date { date, case, with_year }]);
        assert_eq!(day(Language::Ru, Case::Genitive, false), golden[1]);
        assert_eq!(day(Language::Ru, Case::Nominative, false), golden[2]);
        assert_eq!(day(Language::Ru, Case::Genitive, true), golden[3]);
        assert_eq!(day(Language::En, Case::Genitive, true), golden[4]);
        // The year stands after the day and has its own words whatever the day's case is.
        let year = golden[3].strip_prefix(golden[1]).expect("the day first");
        assert_eq!(day(Language::Ru, Case::Nominative, true), format!("{}{year}", golden[2]));
        let without_year = without_last(without_last(golden[4]));
        assert_eq!(day(Language::En, Case::Nominative, false), without_year);
        days += 1;
    }
    assert_eq!(days, 730);
}
