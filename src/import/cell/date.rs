//! Dates as people and spreadsheets write them.

use jiff::ToSpan;
use jiff::civil::Date;

/// Reads `2026-12-31`, `31.12.2026`, `31/12/26`, either with a time after it, or a spreadsheet's day number.
/// `month_first` is how the region writes dates with slashes. Only 1990 to 2100: anything else is a slip.
pub fn date(cell: &str, month_first: bool) -> Option<Date> {
    let cell = cell.trim();
    let day = cell.split([' ', 'T']).next()?;
    let after = cell[day.len()..].trim_start_matches([' ', 'T']);
    if !after.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b'Z' | b'+' | b'-')) {
        return None;
    }
    let read = match day.find(['-', '.', '/']) {
        None => serial(day)?,
        Some(at) => {
            let mark = char::from(day.as_bytes()[at]);
            let parts: Vec<&str> = day.split(mark).collect();
            let &[a, b, c] = parts.as_slice() else { return None };
            if a.len() == 4 {
                civil(a, b, c)?
            } else if mark == '/' && month_first {
                civil(c, a, b)?
            } else {
                civil(c, b, a)?
            }
        }
    };
    (1990..=2100).contains(&read.year()).then_some(read)
}

fn civil(year: &str, month: &str, day: &str) -> Option<Date> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(year) || !(1..=2).contains(&month.len()) || !(1..=2).contains(&day.len()) {
        return None;
    }
    let century = match year.len() {
        2 => 2000,
        4 => 0,
        _ => return None,
    };
    Date::new(century + year.parse::<i16>().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Days as Excel counts them: 1 is 1 January 1900, and 29 February 1900 counts though there was none. Five digits
/// reach from 1927 to 2173.
fn serial(text: &str) -> Option<Date> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    if whole.len() != 5 || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Date::new(1899, 12, 30).ok()?.checked_add(whole.parse::<i64>().ok()?.days()).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as day;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_read_as_people_and_spreadsheets_write_them() {
        let last = day(2026, 12, 31);
        for cell in [
            "2026-12-31",
            "31.12.2026",
            "31.12.26",
            "31/12/2026",
            "31-12-2026",
            " 31.12.2026 0:00:00 ",
            "2026-12-31T00:00:00",
            "2026.12.31",
            "46387",
        ] {
            assert_eq!(date(cell, false), Some(last), "{cell:?}");
        }
        assert_eq!(date("12/31/2026", true), Some(last));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for cell in [
            "",
            "31.02.2026",
            "2026",
            "31 декабря",
            "1.1.1900",
            "31.12",
            "99.99.2026",
            "45",
            "1.2.3.4",
            "2026-12-31 x",
        ] {
            assert_eq!(date(cell, false), None, "{cell:?}");
        }
    }

    proptest! {
        #[test]
        fn every_date_is_read_back(days in 0_i64..36_000) {
            let written = day(1990, 1, 1).checked_add(days.days()).expect("in range");
            let forms = [written.to_string(), written.strftime("%d.%m.%Y").to_string()];
            for form in forms {
                prop_assert_eq!(date(&form, false), Some(written));
            }
        }

        #[test]
        fn no_cell_makes_it_panic(cell in "\\PC{0,16}|[0-9./T: -]{0,16}") {
            let _ = date(&cell, false);
        }
    }
}
