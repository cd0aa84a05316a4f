//! Amounts as people write them, read from their digits and never through a binary fraction.

use super::currency;
use crate::domain::{Currency, Money};

/// Why a cell is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadMoney {
    /// `1,234` may be one thousand or one and a bit.
    Ambiguous,
    /// Not an amount at all, or too large.
    Unreadable,
    /// More than two digits after the mark.
    TooFine,
}

/// Reads `1 234,50`, `1,234.50`, `1234.5 руб.`; a currency in the cell stands above `default`.
///
/// # Errors
/// When it is not one amount, whichever way it is read.
pub fn money(cell: &str, default: Currency) -> Result<Money, BadMoney> {
    let (digits, said) = split_currency(cell.trim());
    let currency = match said {
        "" => default,
        said => currency(said).ok_or(BadMoney::Unreadable)?,
    };
    let (negative, digits) = match digits.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, digits.strip_prefix('+').unwrap_or(digits)),
    };
    let minor = minor(digits)?;
    Ok(Money::new(if negative { -minor } else { minor }, currency))
}

/// The amount and what stands after or before it: `1 234,50 ₽` or `$1,234.50`.
fn split_currency(cell: &str) -> (&str, &str) {
    let numeric = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '\u{2212}');
    let Some(from) = cell.find(numeric) else { return (cell, "") };
    let to = cell.rfind(|c: char| c.is_ascii_digit()).map_or(cell.len(), |last| last + 1);
    if to <= from {
        return (cell, "");
    }
    match (cell[..from].trim(), cell[to..].trim()) {
        ("", after) => (&cell[from..to], after),
        (before, "") => (&cell[from..to], before),
        (_, _) => (cell, ""),
    }
}

/// Hundredths of `1 234,50`: the last mark is the decimal one when one or two digits follow it.
fn minor(text: &str) -> Result<i64, BadMoney> {
    let space = |c: char| matches!(c, ' ' | '\'' | '’' | '_') || (c.is_whitespace() && c != '\n');
    let mark = |c: char| matches!(c, ',' | '.');
    if text.is_empty() || !text.chars().all(|c| c.is_ascii_digit() || space(c) || mark(c)) {
        return Err(BadMoney::Unreadable);
    }
    let last = text.rfind(mark);
    let after = last.map_or("", |at| &text[at + 1..]);
    let other_marks = last.map_or("", |at| &text[..at]).matches(mark);
    let same = last.map_or('.', |at| char::from(text.as_bytes()[at]));
    let grouped_by_same = other_marks.clone().any(|other| other.starts_with(same));
    let (whole, part) = match (last, after.len()) {
        (None, _) => (text, ""),
        (Some(_), 3) if grouped_by_same => (text, ""),
        (Some(at), 1 | 2) if !grouped_by_same => (&text[..at], after),
        // Zeros at the end say nothing: `1234.5000`.
        (Some(at), 3..)
            if !grouped_by_same
                && after[2..].bytes().all(|b| b == b'0')
                && (after.len() > 3 || other_marks.count() > 0) =>
        {
            (&text[..at], &after[..2])
        }
        (Some(_), 3) => return Err(BadMoney::Ambiguous),
        (Some(_), 4..) => return Err(BadMoney::TooFine),
        (Some(_), _) => return Err(BadMoney::Unreadable),
    };
    if !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BadMoney::Unreadable);
    }
    let groups: Vec<&str> = whole.split(|c| space(c) || mark(c)).collect();
    let sound = match groups.as_slice() {
        [one] => (1..=15).contains(&one.len()),
        [first, rest @ ..] => {
            (1..=3).contains(&first.len()) && rest.len() <= 4 && rest.iter().all(|group| group.len() == 3)
        }
        [] => false,
    };
    if !sound {
        return Err(BadMoney::Unreadable);
    }
    let digits = format!("{}{part:0<2}", groups.concat());
    digits.parse().map_err(|_| BadMoney::Unreadable)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(cell: &str) -> Result<(i64, Currency), BadMoney> {
        money(cell, Currency::Rub).map(|money| (money.minor, money.currency))
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        let roubles = [
            "1234,50",
            "1234.50",
            "1234.5",
            "1 234,50",
            "1\u{a0}234,50",
            "1\u{202f}234.5",
            "1,234.50",
            "1.234,50",
            "1'234.50",
            " 1234,50 руб. ",
            "1234,50 ₽",
            "RUB 1234.50",
            "1234.5000",
        ];
        for cell in roubles {
            assert_eq!(read(cell), Ok((123_450, Currency::Rub)), "{cell:?}");
        }
        assert_eq!(read("1 234 567"), Ok((123_456_700, Currency::Rub)));
        assert_eq!(read("1,234,567"), Ok((123_456_700, Currency::Rub)));
        assert_eq!(read("$12.00"), Ok((1200, Currency::Usd)));
        assert_eq!(read("0,1"), Ok((10, Currency::Rub)));
        assert_eq!(read("-5,00"), Ok((-500, Currency::Rub)));
    }

    #[test]
    fn what_could_be_two_amounts_is_refused() {
        assert_eq!(read("1,234"), Err(BadMoney::Ambiguous));
        assert_eq!(read("1.234"), Err(BadMoney::Ambiguous));
        assert_eq!(read("12.345678"), Err(BadMoney::TooFine));
        for cell in [
            "",
            "1 23,50",
            "12 34",
            "1,2,3",
            "1..5",
            "5,",
            "abc",
            "1 000 р. 50 к.",
            "1e5",
            "12 bitcoin",
            "99999999999999999",
            "1.2.34",
        ] {
            assert_eq!(read(cell), Err(BadMoney::Unreadable), "{cell:?}");
        }
    }

    proptest! {
        #[test]
        fn every_amount_written_with_comma_and_groups_is_read_back_exactly(minor in 1_i64..100_000_000_000) {
            let mut groups = Vec::new();
            let mut whole = minor / 100;
            while whole >= 1000 {
                groups.push(format!("{:03}", whole % 1000));
                whole /= 1000;
            }
            groups.push(whole.to_string());
            groups.reverse();
            for (space, mark) in [(" ", ","), ("\u{a0}", "."), ("", ","), (",", "."), (".", ",")] {
                let cell = format!("{}{mark}{:02}", groups.join(space), minor % 100);
                prop_assert_eq!(read(&cell), Ok((minor, Currency::Rub)), "{}", cell);
            }
        }

        #[test]
        fn no_cell_makes_it_panic(cell in "\\PC{0,24}|[0-9 .,'$₽-]{0,24}") {
            let _ = money(&cell, Currency::Rub);
        }
    }
}
