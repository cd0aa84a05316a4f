//! What an operator's announcement says of the number called.

use super::Outcome;

/// An operator's announcement, by what it tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Announcement {
    /// "The subscriber is talking."
    Busy,
    /// "The number is not in service", "does not exist".
    NotInService,
    /// "The telephone is switched off or out of reach."
    SwitchedOff,
}

impl Announcement {
    pub const ALL: [Self; 3] = [Self::Busy, Self::NotInService, Self::SwitchedOff];

    /// The code in files and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::NotInService => "not_in_service",
            Self::SwitchedOff => "switched_off",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|announcement| announcement.code() == code)
    }

    /// What an attempt that met it came to: a number out of service is dead, a telephone that is switched off rings another
    /// time.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Busy => Outcome::Busy,
            Self::NotInService => Outcome::InvalidNumber,
            Self::SwitchedOff => Outcome::NoAnswer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_is_read_back() {
        for announcement in Announcement::ALL {
            assert_eq!(Announcement::parse(announcement.code()), Some(announcement));
        }
        assert_eq!(Announcement::parse("ringing"), None);
    }
}
