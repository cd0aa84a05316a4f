//! What the desk gives an agent to say: a text for each stage of the talk, an answer for each objection.

use std::sync::Arc;

use crate::domain::{DebtKind, DebtorType, Language, Stage, Words};
use crate::ivr::Text;

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
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
