//! What a try to sign in came to.

/// What it came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// The password was right, and good no more.
    Expired,
    In,
    /// The login or the password was wrong, or he is kept out.
    Refused,
}

impl SignIn {
    pub const ALL: [Self; 3] = [Self::Expired, Self::In, Self::Refused];

    /// The code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::In => "in",
            Self::Refused => "refused",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|came_to| came_to.code() == code)
    }
}
