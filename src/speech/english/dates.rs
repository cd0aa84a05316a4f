//! English dates: "the twenty-first of December", "the third of June twenty twenty-seven".

use jiff::civil::Date;

use super::super::Unspeakable;
use super::super::pieces::Pieces;
use super::numerals::{SMALL, TENS, below_hundred, cardinal};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Writes the date. English has no case here.
pub(in crate::speech) fn date(out: &mut Pieces, date: Date, with_year: bool) -> Result<(), Unspeakable> {
    out.say("the");
    out.say(&ordinal(usize::from(date.day().unsigned_abs())));
    out.say("of");
    out.say(MONTHS[usize::from(date.month().unsigned_abs()) - 1]);
    if with_year {
        year(out, date.year())?;
    }
    Ok(())
}

/// "twenty twenty-six", "nineteen hundred", "nineteen oh five", "two thousand five".
fn year(out: &mut Pieces, year: i16) -> Result<(), Unspeakable> {
    let year = usize::try_from(year).ok().filter(|year| *year > 0).ok_or(Unspeakable::Negative)?;
    let (century, rest) = (year / 100, year % 100);
    if century == 0 || (century.is_multiple_of(10) && rest < 10) {
        return cardinal(out, year as u64);
    }
    out.say(&below_hundred(century));
    match rest {
        0 => out.say("hundred"),
        1..=9 => out.say(&format!("oh {}", SMALL[rest])),
        _ => out.say(&below_hundred(rest)),
    }
    Ok(())
}

/// 1 to 99.
fn ordinal(number: usize) -> String {
    match (number / 10, number % 10) {
        (0 | 1, _) => small_ordinal(number),
        (tens, 0) => format!("{}ieth", TENS[tens - 2].trim_end_matches('y')),
        (tens, units) => format!("{}-{}", TENS[tens - 2], small_ordinal(units)),
    }
}

/// 1 to 19.
fn small_ordinal(number: usize) -> String {
    match number {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        5 => "fifth".to_owned(),
        8 => "eighth".to_owned(),
        9 => "ninth".to_owned(),
        12 => "twelfth".to_owned(),
        other => format!("{}th", SMALL[other]),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil;

    use super::*;

    fn words(y: i16, m: i8, d: i8, with_year: bool) -> String {
        let mut out = Pieces::default();
        date(&mut out, civil::date(y, m, d), with_year).unwrap();
        out.text()
    }

    #[test]
    fn irregular_ordinals_are_irregular() {
        let days = [1, 2, 3, 5, 8, 9, 12, 20, 30, 31].map(ordinal).join(" ");
        assert_eq!(days, "first second third fifth eighth ninth twelfth twentieth thirtieth thirty-first");
        assert_eq!(words(2026, 12, 12, false), "the twelfth of December");
    }

    #[test]
    fn years_are_said_in_pairs() {
        let year = |y| words(y, 1, 1, true).replace("the first of January ", "");
        let said = [2026, 2000, 2005, 1999, 1905, 1900, 2010, 2100].map(year).join("; ");
        let expected = "twenty twenty-six; two thousand; two thousand five; nineteen ninety-nine; nineteen oh five; \
                        nineteen hundred; twenty ten; twenty-one hundred";
        assert_eq!(said, expected);
    }
}
