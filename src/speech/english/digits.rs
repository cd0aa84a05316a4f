//! English telephone numbers and digits.

use super::super::Unspeakable;
use super::super::phone_groups::phone_groups;
use super::super::pieces::Pieces;
use super::numerals::SMALL;
use crate::domain::PhoneNumber;

/// Each digit by itself; 0 is "zero".
pub(in crate::speech) fn digits(out: &mut Pieces, digits: &str) -> Result<(), Unspeakable> {
    if digits.is_empty() {
        return Err(Unspeakable::NotDigits);
    }
    for digit in digits.bytes() {
        if !digit.is_ascii_digit() {
            return Err(Unspeakable::NotDigits);
        }
        out.say(SMALL[usize::from(digit - b'0')]);
    }
    Ok(())
}

/// "plus seven, nine nine nine, one two three, …": digit by digit, with a pause between the groups.
pub(in crate::speech) fn phone(out: &mut Pieces, phone: &PhoneNumber) -> Result<(), Unspeakable> {
    out.say("plus");
    for (place, group) in phone_groups(phone.digits()).into_iter().enumerate() {
        if place > 0 {
            out.pause();
        }
        digits(out, group)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_number_is_said_digit_by_digit() {
        let mut out = Pieces::default();
        phone(&mut out, &PhoneNumber::parse("+12025550107").unwrap()).unwrap();
        assert_eq!(out.text(), "plus one two zero two five five five zero one zero seven");
    }
}
