//! Telephone numbers in every national habit, as E.164.

use rlibphonenumber::enums::Region;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

use crate::domain::PhoneNumber;

/// What the telephone cells of a row came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phones {
    /// Each once, in the order of the row.
    pub sound: Vec<PhoneNumber>,
    /// Parts that are no dialable number.
    pub unreadable: u32,
}

/// Reads a cell with one number or several and adds them to `into`.
pub fn phones(cell: &str, region: Region, into: &mut Phones) {
    for part in cell.split([',', ';', '/', '|', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        match phone(part, region) {
            Some(number) if into.sound.contains(&number) => {}
            Some(number) => into.sound.push(number),
            None => into.unreadable += 1,
        }
    }
}

/// One number as the network shows it, read as one of `region` (ISO 3166-1 alpha-2) where it names no country.
pub fn one_phone(text: &str, region: &str) -> Option<PhoneNumber> {
    phone(text.trim(), region.parse().ok()?)
}

/// One number. One with an extension is refused: nothing dials the extension.
fn phone(text: &str, region: Region) -> Option<PhoneNumber> {
    // Spreadsheets turn numbers into fractions: `79991234567.0`.
    let text = text.strip_suffix(".0").unwrap_or(text);
    // `+8 999…` is the national 8 with a plus before it by habit: no country has the code 89.
    let eight =
        text.strip_prefix("+8").filter(|rest| matches!(region, Region::RU | Region::KZ) && next_is_9(rest));
    let parsed = match eight {
        Some(rest) => PHONE_NUMBER_UTIL.parse(format!("8{rest}"), Some(region)),
        None => PHONE_NUMBER_UTIL.parse(text, Some(region)),
    };
    let parsed = parsed.ok()?;
    if parsed.extension.as_ref().is_some_and(|extension| !extension.is_empty()) || !parsed.is_valid() {
        return None;
    }
    PhoneNumber::parse(&parsed.format_as(PhoneNumberFormat::E164)).ok()
}

fn next_is_9(rest: &str) -> bool {
    rest.chars().find(char::is_ascii_digit) == Some('9')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(cell: &str) -> (Vec<String>, u32) {
        let mut phones = Phones::default();
        super::phones(cell, Region::RU, &mut phones);
        (phones.sound.iter().map(|number| number.as_e164().to_owned()).collect(), phones.unreadable)
    }

    #[test]
    fn eight_and_plus_seven_are_one_number() {
        for cell in [
            "89991234567",
            "+79991234567",
            "79991234567",
            "9991234567",
            "8 (999) 123-45-67",
            "+7 999 123 45 67",
            "8-999-123-45-67",
            "+8 999 123-45-67",
            "79991234567.0",
            " 8 999 123 45 67 ",
        ] {
            assert_eq!(read(cell), (vec!["+79991234567".to_owned()], 0), "{cell:?}");
        }
    }

    #[test]
    fn a_cell_may_hold_several_numbers_and_each_counts_once() {
        let (numbers, unreadable) = read("8 999 123-45-67, +79991234567; 84951234567 / нет");
        assert_eq!(numbers, ["+79991234567", "+74951234567"]);
        assert_eq!(unreadable, 1);
    }

    #[test]
    fn numbers_from_abroad_keep_their_country() {
        assert_eq!(read("+49 30 123456").0, ["+4930123456"]);
        assert_eq!(read("+7 701 123 45 67").0, ["+77011234567"]);
    }

    #[test]
    fn what_can_not_be_dialled_is_refused() {
        for cell in ["112", "123", "99912345", "+7 999 123", "нет", "8 495 123-45-67 доб. 12", "+0000000000"]
        {
            assert_eq!(read(cell), (Vec::new(), 1), "{cell:?}");
        }
    }

    proptest! {
        #[test]
        fn every_habit_of_writing_gives_the_same_number(code in 900_u32..=999, rest in 0_u32..10_000_000) {
            let e164 = format!("+7{code}{rest:07}");
            let (a, b) = (rest / 10_000, rest % 10_000);
            let plain = read(&e164);
            for cell in [format!("8{code}{rest:07}"), format!("8 ({code}) {a:03}-{:02}-{:02}", b / 100, b % 100)] {
                prop_assert_eq!(read(&cell), plain.clone());
            }
        }

        #[test]
        fn no_cell_makes_it_panic(cell in "\\PC{0,32}|[0-9+() -]{0,24}") {
            read(&cell);
        }
    }
}
