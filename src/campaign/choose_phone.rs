//! Which of a person's phones is called next.

use crate::domain::PhoneNumber;

/// A phone of the person as the queue knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneChoice {
    pub number: PhoneNumber,
    /// The list's order, 0 first.
    pub rank: u8,
    /// In service and his, as far as is known.
    pub usable: bool,
    /// Attempts of this contact on this phone.
    pub tries: u8,
}

/// The least tried usable phone; the list's order breaks ties.
pub fn choose_phone(phones: &[PhoneChoice]) -> Option<&PhoneChoice> {
    phones.iter().filter(|phone| phone.usable).min_by_key(|phone| (phone.tries, phone.rank))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_take_turns_and_a_dead_one_is_left_out() {
        let phone = |number: &str, rank, usable, tries| PhoneChoice {
            number: PhoneNumber::parse(number).expect("E.164"),
            rank,
            usable,
            tries,
        };
        let phones = [
            phone("+79990000001", 0, false, 0),
            phone("+79990000002", 1, true, 1),
            phone("+79990000003", 2, true, 0),
        ];
        assert_eq!(choose_phone(&phones), Some(&phones[2]));
        assert_eq!(choose_phone(&phones[..2]), Some(&phones[1]));
        assert_eq!(choose_phone(&phones[..1]), None);
    }
}
