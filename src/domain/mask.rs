//! Numbers hidden in a text for those who may not see them.

/// A run of so many digits may be a telephone number.
const SHORTEST: usize = 7;

/// The text with every run of seven digits or more hidden but for its last two. More is hidden than numbers; nothing that
/// may be one is shown.
pub fn hide_numbers(text: &str) -> String {
    let mut hidden = String::with_capacity(text.len());
    let mut digits = String::new();
    for c in text.chars().chain(std::iter::once('\0')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if digits.len() >= SHORTEST {
            hidden.push('…');
            hidden.push_str(&digits[digits.len() - 2..]);
        } else {
            hidden.push_str(&digits);
        }
        digits.clear();
        if c != '\0' {
            hidden.push(c);
        }
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::hide_numbers;

    #[test]
    fn what_may_be_a_number_is_hidden_and_short_figures_are_not() {
        let text = "INVITE sip:+79991234567@10.0.0.1:5060 SIP/2.0";
        assert_eq!(hide_numbers(text), "INVITE sip:+…67@10.0.0.1:5060 SIP/2.0");
        assert_eq!(hide_numbers("200 OK, 123456"), "200 OK, 123456");
        assert_eq!(hide_numbers("1234567"), "…67");
        assert_eq!(hide_numbers(""), "");
    }
}
