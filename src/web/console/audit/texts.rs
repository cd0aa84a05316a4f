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
    pub older_acts: &'static str,
    pub supervisions: &'static str,
    pub agent: &'static str,
    pub call: &'static str,
    pub refused: &'static str,
    pub exports: &'static str,
    pub file: &'static str,
    pub filter: &'static str,
    pub rows: &'static str,
    pub sign_ins: &'static str,
    pub address: &'static str,
    /// What was typed is no user's login.
    pub nobodys: &'static str,
    deeds: &'static [(&'static str, &'static str)],
    words: &'static [(&'static str, &'static str)],
}

impl Texts {
    pub fn of(language: Language) -> &'static Self {
        language.pick(&EN, &RU)
    }

    /// What was done to a user, in a talk or at the door, by its code.
    pub fn deed<'a>(&'a self, code: &'a str) -> &'a str {
        self.deeds.iter().find(|(of, _)| *of == code).map_or(code, |(_, word)| word)
    }

    /// What was done, as it is kept, in words of this language; what is not known stands as it is.
    pub fn said(&self, what: &str) -> String {
        let Some((subject, done)) = what.split_once(": ") else { return what.to_owned() };
        let word = |text: &str| {
            let known = self.words.iter().find(|(of, _)| *of == text);
            known.map_or_else(|| text.to_owned(), |(_, word)| (*word).to_owned())
        };
        let subject = subject.split(' ').map(word).collect::<Vec<_>>().join(" ");
        let (act, why) = done.split_once(", ").unwrap_or((done, ""));
        let why = if why.is_empty() { String::new() } else { format!(", {}", word(why)) };
        format!("{subject}: {}{why}", word(act))
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
    older_acts: "Those before",
    supervisions: "Supervisors in talks",
    agent: "Agent",
    call: "Call",
    refused: "came to nothing",
    exports: "Files taken",
    file: "File",
    filter: "Filter",
    rows: "Rows",
    sign_ins: "Sign-ins",
    address: "From",
    nobodys: "no user's login",
    deeds: &[
        ("added", "made, role"),
        ("barge", "barged in"),
        ("expired", "the password he was given is over"),
        ("in", "signed in"),
        ("kept_out", "kept out"),
        ("let_in", "let in"),
        ("listen", "listened"),
        ("own_password", "has chosen another password"),
        ("password", "given another password"),
        ("refused", "refused"),
        ("role", "given the role"),
        ("take_over", "took over"),
        ("whisper", "whispered"),
    ],
    words: &[("why_not", "why not called")],
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
    older_acts: "Прежние",
    supervisions: "Супервизоры в разговорах",
    agent: "Оператор",
    call: "Звонок",
    refused: "не вышло",
    exports: "Выгрузки",
    file: "Файл",
    filter: "Отбор",
    rows: "Строк",
    sign_ins: "Входы",
    address: "Откуда",
    nobodys: "нет такого логина",
    deeds: &[
        ("added", "создан, роль"),
        ("barge", "вошёл"),
        ("expired", "выданный пароль просрочен"),
        ("in", "вход выполнен"),
        ("kept_out", "вход закрыт"),
        ("let_in", "вход открыт"),
        ("listen", "слушал"),
        ("own_password", "сменил свой пароль"),
        ("password", "дан новый пароль"),
        ("refused", "отказано"),
        ("role", "дана роль"),
        ("take_over", "забрал"),
        ("whisper", "шептал"),
    ],
    words: &[
        ("call", "звонок"),
        ("case", "дело"),
        ("recording", "запись"),
        ("opened", "открыто"),
        ("listened", "прослушано"),
        ("person", "человек"),
        ("recordings", "записи"),
        ("why_not", "почему не звоним"),
    ],
};
