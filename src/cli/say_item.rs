//! Reads one item of `obzvon say`: a typed slot such as `money:123450:RUB:nom`, or plain words.

use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use jiff::civil::{Date, Time};

use crate::domain::utterance::Case;
use crate::domain::{Currency, Money, Part, PersonName, PhoneNumber};

/// Reads one item. What begins with a small Latin word and a colon is a slot; anything else is words.
///
/// # Errors
/// When the slot is unknown or its value is no such thing.
pub fn parse_item(item: &str) -> anyhow::Result<Part> {
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
        _ => {
            bail!("no slot {kind:?}: count, date, digits, duration, file, money, name, phone, time or words")
        }
    }
}

fn looks_like_slot(kind: &str, value: &str) -> bool {
    !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_lowercase()) && !value.starts_with(' ')
}

/// `123450:RUB` or `123450:RUB:nom`, in minor units.
fn money(value: &str) -> anyhow::Result<Part> {
    let mut fields = value.split(':');
    let minor = fields.next().unwrap_or_default();
    let minor = minor.parse().map_err(|_| anyhow!("amount {minor:?}: a whole number of kopecks or cents"))?;
    let currency = fields.next().context("a currency is missing: money:123450:RUB")?;
    let currency =
        Currency::parse(currency).ok_or_else(|| anyhow!("currency {currency:?}: RUB, KZT, USD or EUR"))?;
    let case = fields.next().map_or(Ok(Case::Nominative), case)?;
    nothing_more(fields.next())?;
    Ok(Part::Money { amount: Money::new(minor, currency), case })
}

/// `2026-12-21`, then `:gen` (the default) or another case, then `:year`.
fn date(value: &str) -> anyhow::Result<Part> {
    let mut fields = value.split(':').peekable();
    let day = fields.next().unwrap_or_default();
    let date = strict_date(day).with_context(|| format!("date {day:?}"))?;
    let mut with_year = fields.next_if_eq(&"year").is_some();
    let case = fields.next().map_or(Ok(Case::Genitive), case)?;
    with_year |= fields.next_if_eq(&"year").is_some();
    nothing_more(fields.next())?;
    Ok(Part::Date { date, case, with_year })
}

fn strict_date(day: &str) -> anyhow::Result<Date> {
    let shaped = day.len() == 10
        && day.bytes().enumerate().all(|(at, b)| match at {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    if !shaped {
        bail!("YYYY-MM-DD");
    }
    day.parse().context("there is no such day")
}

/// `19:00`.
fn time(value: &str) -> anyhow::Result<Part> {
    let fields = value.split_once(':').filter(|(hour, minute)| hour.len() <= 2 && minute.len() == 2);
    let numbers = fields.and_then(|(hour, minute)| Some((hour.parse().ok()?, minute.parse().ok()?)));
    let time = numbers.and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok());
    time.map(Part::Time).ok_or_else(|| anyhow!("time {value:?}: HH:MM, 00:00 to 23:59"))
}

/// `1h30m`, `90m`, `45s`, `90` (seconds).
fn duration(value: &str) -> anyhow::Result<Part> {
    let bad = || anyhow!("duration {value:?}: such as 1h30m, 90m or 45s");
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
fn count(value: &str) -> anyhow::Result<Part> {
    let (number, noun) = value.split_once(':').context("a noun is missing: count:22:день")?;
    let number = number.parse().map_err(|_| anyhow!("number {number:?}: a whole number from 0"))?;
    Ok(Part::Count { number, noun: noun.to_owned() })
}

/// `+79991234567`; `8…` and `7…` of eleven digits are Russian; spaces, brackets and hyphens are skipped.
fn phone(value: &str) -> anyhow::Result<Part> {
    let bare: String = value.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    let national = bare.strip_prefix(['7', '8']).filter(|rest| rest.len() == 10);
    let number = national.map_or_else(|| bare.clone(), |rest| format!("+7{rest}"));
    PhoneNumber::parse(&number).map(Part::Phone).map_err(|fault| anyhow!("phone {value:?}: {fault}"))
}

fn case(word: &str) -> anyhow::Result<Case> {
    match word {
        "acc" | "accusative" => Ok(Case::Accusative),
        "gen" | "genitive" => Ok(Case::Genitive),
        "nom" | "nominative" => Ok(Case::Nominative),
        _ => bail!("case {word:?}: nom, acc or gen"),
    }
}

fn nothing_more(rest: Option<&str>) -> anyhow::Result<()> {
    rest.map_or(Ok(()), |rest| bail!("{rest:?} is too much"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Language, Utterance};
    use crate::speech;

    fn said(language: Language, item: &str) -> anyhow::Result<String> {
        let utterance = Utterance { language, parts: vec![parse_item(item)?] };
        Ok(speech::plain(&speech::text(&utterance)?))
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
        ];
        for item in bad {
            assert!(said(Language::Ru, item).is_err(), "{item}");
        }
    }
}
