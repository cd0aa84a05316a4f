//! Russian telephone numbers and digits.

use super::super::Unspeakable;
use super::super::phone_groups::phone_groups;
use super::super::pieces::Pieces;
use super::numerals::{Gender, cardinal};
use crate::domain::PhoneNumber;
use crate::domain::utterance::Case;

/// Each digit by itself.
pub(in crate::speech) fn digits(out: &mut Pieces, digits: &str) -> Result<(), Unspeakable> {
    if digits.is_empty() {
        return Err(Unspeakable::NotDigits);
    }
    for digit in digits.chars() {
        let value = digit.to_digit(10).filter(|_| digit.is_ascii_digit()).ok_or(Unspeakable::NotDigits)?;
        number(out, value.into())?;
    }
    Ok(())
}

/// «плюс семь, девятьсот девяносто девять, сто двадцать три, сорок пять, шестьдесят семь»: each group a number, its
/// leading zeros said.
pub(in crate::speech) fn phone(out: &mut Pieces, phone: &PhoneNumber) -> Result<(), Unspeakable> {
    out.say("плюс");
    for (place, group) in phone_groups(phone.digits()).into_iter().enumerate() {
        if place > 0 {
            out.pause();
        }
        let value = group.trim_start_matches('0');
        for _ in value.len()..group.len() {
            number(out, 0)?;
        }
        if let Ok(value) = value.parse() {
            number(out, value)?;
        }
    }
    Ok(())
}

fn number(out: &mut Pieces, number: u64) -> Result<(), Unspeakable> {
    cardinal(out, number, Gender::Masculine, Case::Nominative)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(write: impl FnOnce(&mut Pieces) -> Result<(), Unspeakable>) -> String {
        let mut out = Pieces::default();
        write(&mut out).unwrap();
        out.text()
    }

    #[test]
    fn a_telephone_number_is_said_in_groups() {
        let of = |number| said(|out| phone(out, &PhoneNumber::parse(number).unwrap()));
        assert_eq!(
            of("+79991234567"),
            "плюс семь девятьсот девяносто девять сто двадцать три сорок пять шестьдесят семь"
        );
        assert_eq!(of("+78000050700"), "плюс семь восемьсот ноль ноль пять ноль семь ноль ноль");
        assert_eq!(
            of("+375291234567"),
            "плюс триста семьдесят пять двадцать девять сто двадцать три сорок пять шестьдесят семь"
        );
        assert_eq!(of("+12345678"), "плюс один двести тридцать четыре пятьдесят шесть семьдесят восемь");
    }

    #[test]
    fn digits_are_said_one_by_one() {
        assert_eq!(said(|out| digits(out, "4071")), "четыре ноль семь один");
        for bad in ["", "4a", "٣", "-1"] {
            assert_eq!(digits(&mut Pieces::default(), bad), Err(Unspeakable::NotDigits));
        }
    }
}
