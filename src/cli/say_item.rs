//! Reads one item of `obzvon say`: a typed slot such as `money:123450:RUB:nom`, or plain words.

use std::time::Duration;

use jiff::civil::{Date, Time};

use crate::domain::utterance::Case;
use crate::domain::{Currency, Money, Part, PersonName, PhoneNumber, Words};

/// Reads one item. What begins with letters and a colon that touches what follows is a slot; anything else is words.
///
/// # Errors
/// When the slot is unknown or its value is no such thing.
pub fn parse_item(item: &str) -> Result<Part, Words> {
    let Some((kind, value)) = item.split_once(':').filter(|(kind, value)| looks_like_slot(kind, value))
    else {
        return Ok(Part::Words(item.to_owned()));
    };
    match kind {
        "count" => count(value),
        "date" => date(value),
        "digits" => Ok(Part::Digits(value.to_owned())),
        "duration" => duration(value),
        "file" => Ok(Part::File(value.to_owned())),
        "money" => money(value),
        "name" => Ok(Part::Name(PersonName::new(value))),
        "phone" => phone(value),
        "time" => time(value),
        "words" => Ok(Part::Words(value.to_owned())),
        _ => Err(told(
            format!("no slot {kind:?}: {KINDS} or words; plain words stand behind words:"),
            format!("нет слота {kind:?}: {KINDS} или words; просто слова пишут после words:"),
        )),
    }
}

const KINDS: &str = "count, date, digits, duration, file, money, name, phone, time";

/// `Сумма:` is a word with its colon.
fn looks_like_slot(kind: &str, value: &str) -> bool {
    let known = kind == "words" || KINDS.split(", ").any(|one| one == kind);
    let letters = !kind.is_empty() && kind.chars().all(char::is_alphabetic);
    known || (letters && !value.is_empty() && !value.starts_with(char::is_whitespace))
}

fn told(en: impl Into<String>, ru: impl Into<String>) -> Words {
    Words { en: en.into(), ru: ru.into() }
}

/// `123450:RUB` or `123450:RUB:nom`, in minor units.
fn money(value: &str) -> Result<Part, Words> {
    let mut fields = value.split(':');
    let minor = fields.next().unwrap_or_default();
    let minor = minor.parse().map_err(|_| {
        told(
            format!("amount {minor:?}: a whole number of kopecks or cents"),
            format!("сумма {minor:?}: нужно целое число копеек или центов"),
        )
    })?;
    let lacking = || told("a currency is missing: money:123450:RUB", "не указана валюта: money:123450:RUB");
    let currency = fields.next().ok_or_else(lacking)?;
    let currency = Currency::parse(currency).ok_or_else(|| {
        told(
            format!("currency {currency:?}: RUB, KZT, USD or EUR"),
            format!("валюта {currency:?}: бывает RUB, KZT, USD или EUR"),
        )
    })?;
    let case = fields.next().map_or(Ok(Case::Nominative), case)?;
    nothing_more(fields.next())?;
    Ok(Part::Money { amount: Money::new(minor, currency), case })
}

/// `2026-12-21`, then `:gen` (the default) or another case, then `:year`.
fn date(value: &str) -> Result<Part, Words> {
    let mut fields = value.split(':').peekable();
    let day = fields.next().unwrap_or_default();
    let date = strict_date(day)?;
    let mut with_year = fields.next_if_eq(&"year").is_some();
    let case = fields.next().map_or(Ok(Case::Genitive), case)?;
    with_year |= fields.next_if_eq(&"year").is_some();
    nothing_more(fields.next())?;
    Ok(Part::Date { date, case, with_year })
}

fn strict_date(day: &str) -> Result<Date, Words> {
    let shaped = day.len() == 10
        && day.bytes().enumerate().all(|(at, b)| match at {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    if !shaped {
        return Err(told(format!("date {day:?}: YYYY-MM-DD"), format!("дата {day:?}: нужно ГГГГ-ММ-ДД")));
    }
    day.parse().map_err(|_| {
        told(format!("date {day:?}: there is no such day"), format!("дата {day:?}: такого дня нет"))
    })
}

/// `19:00`.
fn time(value: &str) -> Result<Part, Words> {
    let fields = value.split_once(':').filter(|(hour, minute)| hour.len() <= 2 && minute.len() == 2);
    let numbers = fields.and_then(|(hour, minute)| Some((hour.parse().ok()?, minute.parse().ok()?)));
    let time = numbers.and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok());
    time.map(Part::Time).ok_or_else(|| {
        told(
            format!("time {value:?}: HH:MM, 00:00 to 23:59"),
            format!("время {value:?}: нужно ЧЧ:ММ, от 00:00 до 23:59"),
        )
    })
}

/// `1h30m`, `90m`, `45s`, `90` (seconds).
fn duration(value: &str) -> Result<Part, Words> {
    let bad = || {
        told(
            format!("duration {value:?}: such as 1h30m, 90m or 45s"),
            format!("длительность {value:?}: например 1h30m, 90m или 45s"),
        )
    };
    let (mut seconds, mut rest) = (0_u64, value);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: u64 = rest[..end].parse().map_err(|_| bad())?;
        let mut after = rest[end..].chars();
        let unit = match after.next() {
            Some('h') => 3600,
            Some('m') => 60,
            Some('s') | None => 1,
            Some(_) => return Err(bad()),
        };
        seconds = number.checked_mul(unit).and_then(|part| seconds.checked_add(part)).ok_or_else(bad)?;
        rest = after.as_str();
    }
    if value.is_empty() { Err(bad()) } else { Ok(Part::Duration(Duration::from_secs(seconds))) }
}

/// `22:день`.
fn count(value: &str) -> Result<Part, Words> {
    let lacking = || told("a noun is missing: count:22:день", "не указано слово: count:22:день");
    let (number, noun) = value.split_once(':').ok_or_else(lacking)?;
    let number = number.parse().map_err(|_| {
        told(
            format!("number {number:?}: a whole number from 0"),
            format!("число {number:?}: нужно целое от 0"),
        )
    })?;
    Ok(Part::Count { number, noun: noun.to_owned() })
}

/// `+79991234567`; `8…` and `7…` of eleven digits are Russian; spaces, brackets and hyphens are skipped.
fn phone(value: &str) -> Result<Part, Words> {
    let bare: String = value.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    let national = bare.strip_prefix(['7', '8']).filter(|rest| rest.len() == 10);
    let number = national.map_or_else(|| bare.clone(), |rest| format!("+7{rest}"));
    PhoneNumber::parse(&number).map(Part::Phone).map_err(|fault| {
        told(
            format!("phone {value:?}: {fault}"),
            format!("телефон {value:?}: нужен + и от 8 до 15 цифр, первая не 0"),
        )
    })
}

fn case(word: &str) -> Result<Case, Words> {
    match word {
        "acc" | "accusative" => Ok(Case::Accusative),
        "gen" | "genitive" => Ok(Case::Genitive),
        "nom" | "nominative" => Ok(Case::Nominative),
        _ => Err(told(
            format!("case {word:?}: nom, acc or gen"),
            format!("падеж {word:?}: бывает nom, acc или gen"),
        )),
    }
}

fn nothing_more(rest: Option<&str>) -> Result<(), Words> {
    rest.map_or(Ok(()), |rest| Err(told(format!("{rest:?} is too much"), format!("{rest:?} — лишнее"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Language, Utterance};
    use crate::speech;

    fn said(language: Language, item: &str) -> Result<String, Words> {
        let utterance = Utterance { language, parts: vec![parse_item(item)?] };
        Ok(speech::plain(&speech::text(&utterance).map_err(|fault| fault.words())?))
    }

    #[test]
    fn each_slot_is_read() {
        let cases = [
            ("money:123450:RUB:nom", "одна тысяча двести тридцать четыре рубля пятьдесят копеек"),
            ("money:100:RUB", "один рубль"),
            ("date:2026-12-21:gen", "двадцать первого декабря"),
            ("date:2026-12-21:nom", "двадцать первое декабря"),
            ("date:2027-06-03:gen:year", "третьего июня две тысячи двадцать седьмого года"),
            ("count:22:день", "двадцать два дня"),
            ("time:19:00", "девятнадцать часов"),
            ("duration:1h30m", "один час тридцать минут"),
            ("digits:407", "четыре ноль семь"),
            (
                "phone:8 (999) 123-45-67",
                "плюс семь девятьсот девяносто девять сто двадцать три сорок пять шестьдесят семь",
            ),
            ("Сумма: «Ещё»!", "сумма ещё"),
            ("Сумма:", "сумма"),
            ("words:Сумма:сто", "суммасто"),
        ];
        for (item, expected) in cases {
            assert_eq!(said(Language::Ru, item).unwrap(), expected, "{item}");
        }
        assert_eq!(said(Language::En, "date:2026-12-21").unwrap(), "the twenty-first of december");
        assert_eq!(said(Language::En, "time:19:30").unwrap(), "seven thirty pm");
    }

    #[test]
    fn bad_input_is_an_error_and_never_a_panic() {
        let bad = [
            "money:-1:RUB:nom",
            "money:9223372036854775807:RUB",
            "money:99999999999999999999:RUB",
            "money:12.50:RUB",
            "money:100:XYZ",
            "money:100",
            "money:100:RUB:dat",
            "money:100:RUB:nom:x",
            "money:",
            "date:2026-02-30:gen",
            "date:2026-13-01",
            "date:tomorrow",
            "date:2026-12-21:gen:month",
            "date:0000-01-01:gen:year",
            "time:24:00",
            "time:7",
            "time:-1:00",
            "count:1:слон",
            "count:x:день",
            "count:5",
            "count:1000000000000:день",
            "phone:12",
            "phone:",
            "digits:12a",
            "digits:",
            "duration:",
            "duration:5d",
            "duration:99999999999999999999h",
            "duration:18446744073709551615h",
            "mony:100:RUB",
            "Money:100:RUB",
            "деньги:100:RUB",
        ];
        for item in bad {
            assert!(said(Language::Ru, item).is_err(), "{item}");
        }
    }
}
