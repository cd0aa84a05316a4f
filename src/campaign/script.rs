//! What the desk gives an agent to say: a text for each stage of the talk, an answer for each objection.

use std::sync::Arc;

use super::Words;
use crate::domain::{DebtKind, DebtorType, Language};
use crate::ivr::Text;

/// The stages of an agent's talk, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Greet, and make sure who is speaking.
    Contact,
    /// Why it was not paid; the agent sets the debtor's type.
    Reason,
    /// The sum, the date, the ways to pay.
    Demand,
    Objections,
    /// A promise, a call, a letter.
    Next,
    /// The sum and the dates once more.
    Close,
}

impl Stage {
    pub const ALL: [Self; 6] =
        [Self::Contact, Self::Reason, Self::Demand, Self::Objections, Self::Next, Self::Close];

    /// The code in files and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::Contact => "contact",
            Self::Demand => "demand",
            Self::Next => "next",
            Self::Objections => "objections",
            Self::Reason => "reason",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }
}

/// A text in both languages.
#[derive(Clone, Debug)]
pub struct Answer {
    pub en: Text,
    pub ru: Text,
}

impl Answer {
    pub fn of(&self, language: Language) -> &Text {
        match language {
            Language::En => &self.en,
            Language::Ru => &self.ru,
        }
    }
}

/// What is said in a stage.
#[derive(Clone, Debug)]
pub struct StageText {
    pub usual: Answer,
    pub by_kind: Vec<(DebtKind, Answer)>,
}

/// Something debtors say, and what to say then.
#[derive(Clone, Debug)]
pub struct Objection {
    pub code: Arc<str>,
    pub words: Words,
    pub usual: Answer,
    pub by_type: Vec<(DebtorType, Answer)>,
}

impl Objection {
    /// The answer for a debtor of this type.
    pub fn answer(&self, debtor_type: DebtorType) -> &Answer {
        let own = self.by_type.iter().find(|(of, _)| *of == debtor_type);
        own.map_or(&self.usual, |(_, answer)| answer)
    }
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Script {
    stages: [StageText; 6],
    pub objections: Vec<Objection>,
}

impl Script {
    /// `stages` in the order of [`Stage::ALL`].
    pub fn new(stages: [StageText; 6], objections: Vec<Objection>) -> Self {
        Self { stages, objections }
    }

    /// What is said in a stage about a debt of this kind.
    pub fn stage(&self, stage: Stage, kind: DebtKind) -> &Answer {
        let text = &self.stages[stage as usize];
        let own = text.by_kind.iter().find(|(of, _)| *of == kind);
        own.map_or(&text.usual, |(_, answer)| answer)
    }
}
