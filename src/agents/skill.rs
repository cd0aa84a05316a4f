//! What an agent can do, and how well.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::domain::{DebtorType, Language};

/// Something a call may ask of an agent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skill {
    /// Knows this creditor's terms.
    Creditor(Arc<str>),
    /// A specialist for this type of debtor.
    Debtor(DebtorType),
    Language(Language),
    /// Whatever else the house tells apart.
    Named(Arc<str>),
}

/// How good an agent is at something: 1 (can) to 9 (best).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u8);

/// An agent's skills, or what a call asks for: the level of each.
pub type Skills = BTreeMap<Skill, Level>;

impl Level {
    pub const LOWEST: Self = Self(1);

    pub fn new(level: u8) -> Option<Self> {
        (1..=9).contains(&level).then_some(Self(level))
    }

    pub fn number(self) -> u8 {
        self.0
    }
}

impl Skill {
    /// Reads `language:ru`, `creditor:north`, `debtor:fraudster`, or a plain name.
    pub fn parse(text: &str) -> Option<Self> {
        let named = |name: &str| {
            let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
            (!name.is_empty() && name.len() <= 64 && name.chars().all(fits)).then(|| Arc::from(name))
        };
        match text.split_once(':') {
            Some(("creditor", name)) => named(name).map(Self::Creditor),
            Some(("debtor", code)) => DebtorType::parse(code).map(Self::Debtor),
            Some(("language", code)) => Language::parse(code).map(Self::Language),
            Some(_) => None,
            None => named(text).map(Self::Named),
        }
    }
}

/// As `parse` reads it.
impl fmt::Display for Skill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Creditor(name) => write!(f, "creditor:{name}"),
            Self::Debtor(debtor_type) => write!(f, "debtor:{}", debtor_type.code()),
            Self::Language(language) => write!(f, "language:{}", language.code()),
            Self::Named(name) => f.write_str(name),
        }
    }
}

/// Whether `skills` reach everything that is `asked`.
pub(super) fn reach(skills: &Skills, asked: &Skills) -> bool {
    asked.iter().all(|(skill, least)| skills.get(skill).is_some_and(|level| level >= least))
}
