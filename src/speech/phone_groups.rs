//! How a telephone number falls into groups when it is said.

/// The groups of an E.164 number without `+` (8 to 15 digits): a country code of one digit by itself, the last seven
/// digits as 3-2-2, what is between in threes.
pub(super) fn phone_groups(digits: &str) -> Vec<&str> {
    let (head, subscriber) = digits.split_at(digits.len() - 7);
    let (country, mut area) = head.split_at(usize::from(digits.starts_with(['1', '7'])));
    let mut groups = vec![country];
    while !area.is_empty() {
        let (group, rest) = area.split_at(area.len().min(3));
        groups.push(group);
        area = rest;
    }
    groups.extend([&subscriber[..3], &subscriber[3..5], &subscriber[5..]]);
    groups.retain(|group| !group.is_empty());
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_seven_digits_are_three_two_two() {
        assert_eq!(phone_groups("79991234567"), ["7", "999", "123", "45", "67"]);
        assert_eq!(phone_groups("375291234567"), ["375", "29", "123", "45", "67"]);
        assert_eq!(phone_groups("12345678"), ["1", "234", "56", "78"]);
        assert_eq!(phone_groups("234567890123456"), ["234", "567", "89", "012", "34", "56"]);
    }
}
