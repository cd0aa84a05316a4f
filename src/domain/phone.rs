//! A telephone number: parsed once, hidden in logs.

use std::fmt;

/// A telephone number as ITU-T E.164 writes it: `+` and 8 to 15 digits, the first not 0.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

/// The text is not a telephone number in E.164 form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an E.164 number: + and 8 to 15 digits, the first not 0")]
pub struct NotE164;

impl PhoneNumber {
    /// Reads `+79991234567`. National forms are the importer's work.
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn parse(text: &str) -> Result<Self, NotE164> {
        let digits = text.strip_prefix('+').ok_or(NotE164)?;
        let sound = (8..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if sound { Ok(Self(text.to_owned())) } else { Err(NotE164) }
    }

    /// The whole number with its `+`, for the wire and the database.
    pub fn as_e164(&self) -> &str {
        &self.0
    }

    /// The digits without `+`.
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }
}

/// Logs see the last two digits; only `as_e164` gives the whole number.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+…{}", &self.0[self.0.len() - 2..])
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_sees_two_digits() {
        let number = PhoneNumber::parse("+79991234567").expect("E.164");
        assert_eq!(format!("{number:?} {number}"), "+…67 +…67");
    }

    #[test]
    fn what_is_not_e164_is_refused() {
        for text in ["", "+", "79991234567", "+0999123456", "+7999", "+7999123456789012", "+7999123a567"] {
            assert_eq!(PhoneNumber::parse(text), Err(NotE164), "{text}");
        }
    }
}
