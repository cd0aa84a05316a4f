//! One value, and the readers that turn it into a checked one or say what is wrong.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use toml::de::DeValue;

use super::words;
use super::{Clause, Mistake, Place};
use crate::campaign::Hours;
use crate::domain::{PhoneNumber, nearest};

/// A value in its place. One from the environment is text, whatever it is to become.
#[derive(Clone, Debug)]
pub(in crate::config) struct Value<'a> {
    pub(super) raw: Raw<'a>,
    pub(super) place: Place,
    /// Dotted path.
    pub(super) key: String,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Raw<'a> {
    Text(&'a str),
    Toml(&'a DeValue<'a>),
}

impl<'a> Value<'a> {
    /// A value that stands alone, for a reader that takes a part of another's text.
    pub fn of_text(text: &'a str) -> Self {
        Self { raw: Raw::Text(text), place: Place::Variable(String::new()), key: String::new() }
    }
}

impl Value<'_> {
    /// Whether the value stands in a file, not in the environment.
    pub fn is_in_file(&self) -> bool {
        matches!(self.place, Place::File { .. })
    }

    pub(super) fn wrong_kind(&self, wants: Clause) -> Mistake {
        let is = match self.raw {
            Raw::Text(_) | Raw::Toml(DeValue::String(_)) => words::TEXT,
            Raw::Toml(DeValue::Array(_)) => words::LIST,
            Raw::Toml(DeValue::Boolean(_)) => words::FLAG,
            Raw::Toml(DeValue::Datetime(_)) => words::DATE_OR_TIME,
            Raw::Toml(DeValue::Float(_)) => words::DECIMAL,
            Raw::Toml(DeValue::Integer(_)) => words::INTEGER,
            Raw::Toml(DeValue::Table(_)) => words::TABLE,
        };
        Mistake::WrongKind { is, wants }
    }

    fn text_or(&self, wants: Clause) -> Result<&str, Mistake> {
        match self.raw {
            Raw::Text(text) => Ok(text.trim()),
            Raw::Toml(DeValue::String(text)) => Ok(text),
            Raw::Toml(_) => Err(self.wrong_kind(wants)),
        }
    }

    /// Text that is not blank.
    pub fn text(&self) -> Result<String, Mistake> {
        let text = self.text_or(words::TEXT)?;
        if text.trim().is_empty() { Err(Mistake::Empty) } else { Ok(text.to_owned()) }
    }

    pub fn flag(&self) -> Result<bool, Mistake> {
        match self.raw {
            Raw::Toml(DeValue::Boolean(flag)) => Ok(*flag),
            Raw::Text("true") => Ok(true),
            Raw::Text("false") => Ok(false),
            Raw::Text(_) | Raw::Toml(_) => Err(self.wrong_kind(words::FLAG)),
        }
    }

    /// A whole number in `range`.
    pub fn integer<N>(&self, range: RangeInclusive<N>) -> Result<N, Mistake>
    where
        N: TryFrom<i64> + PartialOrd + Display,
    {
        let parsed = match self.raw {
            Raw::Text(text) => text.trim().parse::<i64>().ok().map(|number| (number, text.to_owned())),
            Raw::Toml(DeValue::Integer(number)) => {
                i64::from_str_radix(&number.as_str().replace('_', ""), number.radix())
                    .ok()
                    .map(|parsed| (parsed, number.to_string()))
            }
            Raw::Toml(_) => None,
        };
        let (number, written) = parsed.ok_or_else(|| self.wrong_kind(words::INTEGER))?;
        match N::try_from(number) {
            Ok(number) if range.contains(&number) => Ok(number),
            _ => Err(out_of_range(written, &range)),
        }
    }

    /// A number in `range`, whole or not.
    pub fn decimal(&self, range: RangeInclusive<f64>) -> Result<f64, Mistake> {
        let text = self.digits().ok_or_else(|| self.wrong_kind(words::DECIMAL))?;
        let number: f64 = text.parse().map_err(|_| self.wrong_kind(words::DECIMAL))?;
        if range.contains(&number) { Ok(number) } else { Err(out_of_range(text, &range)) }
    }

    /// An amount in hundredths, read from its digits and never through a binary fraction.
    pub fn hundredths(&self, range: RangeInclusive<i64>) -> Result<i64, Mistake> {
        let text = self.digits().ok_or_else(|| self.wrong_kind(words::DECIMAL))?;
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        let malformed = || Mistake::Malformed { is: text.clone(), wants: words::AMOUNT };
        if whole.is_empty() || part.len() > 2 || !plain(whole) || !plain(part) {
            return Err(malformed());
        }
        let minor: i64 = format!("{whole}{part:0<2}").parse().map_err(|_| malformed())?;
        let most = *range.end() / 100;
        if range.contains(&minor) {
            Ok(minor)
        } else {
            Err(out_of_range(text, &(range.start() / 100..=most)))
        }
    }

    fn digits(&self) -> Option<String> {
        match self.raw {
            Raw::Text(text) => Some(text.trim().to_owned()),
            Raw::Toml(DeValue::Float(number)) => Some(number.as_str().to_owned()),
            Raw::Toml(DeValue::Integer(number)) if number.radix() == 10 => Some(number.as_str().to_owned()),
            Raw::Toml(_) => None,
        }
    }

    pub fn seconds(&self, range: RangeInclusive<u32>) -> Result<Duration, Mistake> {
        Ok(Duration::from_secs(self.integer(range)?.into()))
    }

    pub fn minutes(&self, range: RangeInclusive<u32>) -> Result<Duration, Mistake> {
        Ok(Duration::from_secs(u64::from(self.integer(range)?) * 60))
    }

    /// One of a closed set of words.
    pub fn one_of<T: Copy>(&self, set: &[(&str, T)]) -> Result<T, Mistake> {
        let text = self.text_or(words::TEXT)?;
        if let Some((_, found)) = set.iter().find(|(word, _)| *word == text) {
            return Ok(*found);
        }
        let nearest = nearest(text, set.iter().map(|(word, _)| *word)).map(str::to_owned);
        let allowed = set.iter().map(|(word, _)| (*word).to_owned()).collect();
        Err(Mistake::NotOneOf { is: text.to_owned(), nearest, allowed })
    }

    pub fn socket(&self) -> Result<SocketAddr, Mistake> {
        self.parsed(words::SOCKET)
    }

    pub fn ip(&self) -> Result<IpAddr, Mistake> {
        self.parsed(words::IP)
    }

    pub fn phone(&self) -> Result<PhoneNumber, Mistake> {
        let text = self.text_or(words::PHONE)?;
        // The number itself is not repeated: messages end up in logs.
        PhoneNumber::parse(text).map_err(|_| Mistake::Malformed { is: "…".to_owned(), wants: words::PHONE })
    }

    pub fn date(&self) -> Result<Date, Mistake> {
        self.dated(words::DATE)
    }

    /// A moment with its offset from UTC, so that it means the same everywhere.
    pub fn moment(&self) -> Result<Timestamp, Mistake> {
        self.dated(words::MOMENT)
    }

    /// `09:00-20:00`.
    pub fn hours(&self) -> Result<Hours, Mistake> {
        let text = self.text_or(words::HOURS)?;
        let hours = text
            .split_once('-')
            .and_then(|(opens, closes)| Some(Hours { opens: clock(opens)?, closes: clock(closes)? }));
        match hours {
            Some(hours) if hours.opens < hours.closes => Ok(hours),
            _ => Err(Mistake::Malformed { is: text.to_owned(), wants: words::HOURS }),
        }
    }

    fn dated<T: FromStr>(&self, wants: Clause) -> Result<T, Mistake> {
        let text = match self.raw {
            Raw::Toml(DeValue::Datetime(moment)) => moment.to_string(),
            Raw::Text(_) | Raw::Toml(_) => self.text_or(wants)?.to_owned(),
        };
        text.parse().map_err(|_| Mistake::Malformed { is: text, wants })
    }

    fn parsed<T: FromStr>(&self, wants: Clause) -> Result<T, Mistake> {
        let text = self.text_or(wants)?;
        text.parse().map_err(|_| Mistake::Malformed { is: text.to_owned(), wants })
    }
}

/// `09:00`; `24:00` is the end of the day.
fn clock(text: &str) -> Option<Time> {
    let text = text.trim();
    if text == "24:00" {
        return Some(Time::MAX);
    }
    let (hour, minute) = text.split_once(':')?;
    (hour.len() <= 2 && minute.len() == 2).then_some(())?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

fn out_of_range<N: Display>(is: String, range: &RangeInclusive<N>) -> Mistake {
    Mistake::OutOfRange { is, least: range.start().to_string(), most: range.end().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value<'_> {
        Value::of_text(text)
    }

    #[test]
    fn an_amount_is_read_from_its_digits() {
        let read = |text| value(text).hundredths(0..=100_000);
        assert_eq!(read("1.2"), Ok(120));
        assert_eq!(read("0.07"), Ok(7));
        assert_eq!(read("15"), Ok(1500));
        for wrong in ["1.234", "-1", "1e3", ".5", "", "1,5"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn hours_that_close_before_they_open_are_refused() {
        assert!(value("09:00-20:00").hours().is_ok());
        assert!(value("0:00-24:00").hours().is_ok());
        for wrong in ["20:00-09:00", "09:00", "9-20", "09:00-09:00", "25:00-26:00"] {
            assert!(value(wrong).hours().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_telephone_number_is_never_repeated_in_a_message() {
        let said = value("89991234567").phone().expect_err("national form");
        assert!(!said.text(crate::domain::Language::En).contains("8999"));
    }

    #[test]
    fn a_moment_wants_its_offset() {
        assert!(value("2026-12-31T20:00:00+03:00").moment().is_ok());
        assert!(value("2026-12-31T20:00:00").moment().is_err());
    }
}
