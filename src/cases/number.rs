//! The number a case is known by: printable, and in the order of registration.

use std::fmt;

/// `C-000017`. Later cases have higher numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(pub i64);

impl Number {
    /// Reads `C-000017`, `c-17` or `17`; the Russian letter is taken too.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits =
            ["C-", "c-", "С-", "с-"].iter().find_map(|start| text.strip_prefix(start)).unwrap_or(text);
        let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
        (number > 0).then_some(Self(number))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C-{:06}", self.0)
    }
}

impl serde::Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_is_read_as_people_type_it() {
        for text in ["C-000017", "c-17", "17", " С-17 "] {
            assert_eq!(Number::parse(text), Some(Number(17)), "{text:?}");
        }
        for text in ["", "C-", "0", "-17", "+17", "17;", "99999999999999999999"] {
            assert_eq!(Number::parse(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(number in 1_i64..) {
            prop_assert_eq!(Number::parse(&Number(number).to_string()), Some(Number(number)));
        }
    }
}
