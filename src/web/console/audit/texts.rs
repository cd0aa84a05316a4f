//! The words of the audit's page in both languages.

use crate::domain::Language;

/// Every word of this page.
#[derive(Debug)]
pub struct Texts {
    pub audit: &'static str,
    pub none: &'static str,
    pub at: &'static str,
    pub who: &'static str,
    pub person: &'static str,
    pub what: &'static str,
    pub show: &'static str,
    pub older: &'static str,
}

impl Texts {
    pub fn of(language: Language) -> &'static Self {
        language.pick(&EN, &RU)
    }
}

static EN: Texts = Texts {
    audit: "Audit",
    none: "Nobody has looked into a file so. A look is written down when somebody opens a case or a call, or listens.",
    at: "When",
    who: "Who",
    person: "Person",
    what: "What",
    show: "Show",
    older: "Look further back",
};

static RU: Texts = Texts {
    audit: "Аудит",
    none: "Таких просмотров нет. Просмотр записывается, когда открывают дело или звонок или слушают запись.",
    at: "Когда",
    who: "Кто",
    person: "Человек",
    what: "Что",
    show: "Показать",
    older: "Искать раньше",
};
