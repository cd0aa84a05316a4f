//! The ways by which a case reaches us, and one that comes from outside: by the form, the command line or the API.

use jiff::Timestamp;

use super::{Kind, Number};
use crate::domain::{AttemptId, Language};

/// A case to be registered.
#[derive(Clone, PartialEq, Eq)]
pub struct NewCase {
    pub kind: Kind,
    pub source: Source,
    /// His id in the lists, or his number (`+…`); absent: not known yet, so that nobody is held.
    pub person: Option<String>,
    /// The debt's id at the creditor; of a dispute without one, all his debts are held.
    pub debt: Option<String>,
    /// Whose debt it is about: two creditors may have a debt of one id.
    pub creditor: Option<String>,
    /// The call it is about.
    pub attempt: Option<AttemptId>,
    pub received: Timestamp,
    /// What he says.
    pub text: String,
    /// The id by which another system tells it: told twice it is one case. Each source, and with a creditor each creditor
    /// of it, has its own ids.
    pub outside_id: Option<String>,
}

/// His words are not in the debug form.
impl std::fmt::Debug for NewCase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewCase")
            .field("kind", &self.kind)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    New {
        number: Number,
        /// Held from now on, until the case is closed.
        held: bool,
    },
    /// It was told by this id before.
    Known {
        number: Number,
    },
    /// Another case was told by this id.
    Differs,
    /// It was received later than now.
    InFuture,
    NoAttempt,
    /// He has no such debt, or it is not said whose it is.
    NoDebt,
    NoPerson,
    /// Several persons share this number: an id of the lists is wanted.
    Several,
    /// His words are longer than [`LONGEST_WORDS`](super::LONGEST_WORDS).
    TooLong,
    /// It was received longer ago than cases are about ([`OLDEST_DAYS`]).
    TooOld,
}

/// Days before now at which a case may have been received: ten years, beyond which the date is wrong.
pub const OLDEST_DAYS: i32 = 3653;

impl Registered {
    /// Why it was not registered; `None`: it was.
    pub fn refusal(self, language: Language) -> Option<&'static str> {
        let (en, ru) = match self {
            Self::New { .. } | Self::Known { .. } => return None,
            Self::Differs => {
                ("another case was told by this id before", "по этому id уже сообщили о другом деле")
            }
            Self::InFuture => ("it was received in the future", "получено позже, чем сейчас"),
            Self::TooLong => ("his words are longer than 16 kB", "его слова длиннее 16 кБ"),
            Self::TooOld => (
                "it was received more than ten years ago: the date is wrong",
                "получено больше десяти лет назад: дата неверна",
            ),
            Self::NoAttempt => ("there is no such call of his", "такого звонка ему не было"),
            Self::NoDebt => (
                "he has no such debt, or it is not said whose it is",
                "у него нет такого долга, или не сказано, чей он",
            ),
            Self::NoPerson => (
                "nobody has this id or number; a number is written +79991234567",
                "ни у кого нет такого id или номера; номер пишется как +79991234567",
            ),
            Self::Several => (
                "several persons share this number: name one by the id of the lists",
                "этот номер у нескольких людей: назовите одного по id из списков",
            ),
        };
        Some(if language == Language::Ru { ru } else { en })
    }
}

/// Where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// An agent's click, or his disposition, in a call.
    Agent,
    /// Somebody whom we do not know called us and asked to be left alone.
    Caller,
    Chat,
    Creditor,
    Email,
    Hotline,
    /// A key, or an answer, in a flow.
    Key,
    /// A letter.
    Mail,
    Regulator,
}

impl Source {
    pub const ALL: [Self; 9] = [
        Self::Agent,
        Self::Caller,
        Self::Chat,
        Self::Creditor,
        Self::Email,
        Self::Hotline,
        Self::Key,
        Self::Mail,
        Self::Regulator,
    ];
    /// Those that people and other systems register from.
    pub const OUTSIDE: [Self; 6] =
        [Self::Chat, Self::Creditor, Self::Email, Self::Hotline, Self::Mail, Self::Regulator];

    /// The code in the database, in files and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Caller => "caller",
            Self::Chat => "chat",
            Self::Creditor => "creditor",
            Self::Email => "email",
            Self::Hotline => "hotline",
            Self::Key => "key",
            Self::Mail => "mail",
            Self::Regulator => "regulator",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.code() == code)
    }
}
