//! How a telephone number falls into groups when it is said.

/// The groups of an E.164 number without `+` (8 to 15 digits): the country code by itself, the last seven
/// digits as 3-2-2, what is between in threes.
pub(super) fn phone_groups(digits: &str) -> Vec<&str> {
    let (head, subscriber) = digits.split_at(digits.len() - 7);
    let (country, mut area) = head.split_at(country_code(digits).min(head.len()));
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

/// How many digits the country code has (ITU-T E.164, annex to the Operational Bulletin: list of assigned codes).
fn country_code(digits: &str) -> usize {
    const OF_TWO: [&str; 44] = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48",
        "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81",
        "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
    ];
    match &digits[..2] {
        code if code.starts_with(['1', '7']) => 1,
        code if OF_TWO.contains(&code) => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_seven_digits_are_three_two_two() {
        assert_eq!(phone_groups("79991234567"), ["7", "999", "123", "45", "67"]);
        assert_eq!(phone_groups("375291234567"), ["375", "29", "123", "45", "67"]);
        assert_eq!(phone_groups("442079460958"), ["44", "207", "946", "09", "58"]);
        assert_eq!(phone_groups("4930123456"), ["49", "3", "012", "34", "56"]);
        assert_eq!(phone_groups("12345678"), ["1", "234", "56", "78"]);
        assert_eq!(phone_groups("234567890123456"), ["234", "567", "89", "012", "34", "56"]);
    }
}
