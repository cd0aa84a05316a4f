//! What may be wrong with a value, and what would be right, in the operator's language.

use crate::domain::Language;

/// One clause in both languages of the screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clause {
    pub en: &'static str,
    pub ru: &'static str,
}

impl Clause {
    pub fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Ru => self.ru,
        }
    }
}

/// A mistake of a file, of a variable, or of their agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// Two values that do not go together, or one that is not allowed here.
    Contradiction(Clause),
    Empty,
    /// A file of another kind (a flow, the limits) with its own reader's words.
    Foreign {
        code: &'static str,
        en: String,
        ru: String,
    },
    /// A shipped rule or calendar that the folder's file of the same name makes looser.
    Looser {
        what: String,
        name: String,
    },
    Malformed {
        is: String,
        wants: Clause,
    },
    Missing {
        wants: Clause,
    },
    /// Refers to something that is not there.
    NoSuch {
        what: Clause,
        name: String,
        nearest: Option<String>,
    },
    NotOneOf {
        is: String,
        nearest: Option<String>,
        allowed: Vec<String>,
    },
    OutOfRange {
        is: String,
        least: String,
        most: String,
    },
    SecretInFile,
    SecretOpen {
        file: String,
    },
    SecretUnset {
        variable: String,
    },
    Syntax {
        said: String,
    },
    Twice {
        name: String,
    },
    UnknownFile {
        nearest: Option<String>,
    },
    UnknownKey {
        nearest: Option<String>,
    },
    Unreadable {
        said: String,
    },
    WrongKind {
        is: Clause,
        wants: Clause,
    },
}

impl Mistake {
    /// What a reader said that speaks English alone.
    pub fn foreign(code: &'static str, said: String) -> Self {
        Self::Foreign { code, ru: said.clone(), en: said }
    }

    /// A stable code, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Contradiction(_) => "contradiction",
            Self::Empty => "empty",
            Self::Foreign { code, .. } => code,
            Self::Looser { .. } => "looser",
            Self::Malformed { .. } => "malformed",
            Self::Missing { .. } => "missing",
            Self::NoSuch { .. } => "no_such",
            Self::NotOneOf { .. } => "not_one_of",
            Self::OutOfRange { .. } => "out_of_range",
            Self::SecretInFile => "secret_in_file",
            Self::SecretOpen { .. } => "secret_open",
            Self::SecretUnset { .. } => "secret_unset",
            Self::Syntax { .. } => "syntax",
            Self::Twice { .. } => "twice",
            Self::UnknownFile { .. } => "unknown_file",
            Self::UnknownKey { .. } => "unknown_key",
            Self::Unreadable { .. } => "unreadable",
            Self::WrongKind { .. } => "wrong_kind",
        }
    }

    /// What is wrong and what would be right.
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::En => self.english(),
            Language::Ru => self.russian(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Contradiction(clause) => clause.en.into(),
            Self::Empty => "is empty; name at least one".into(),
            Self::Foreign { en, .. } => en.clone(),
            Self::Looser { what, name } => format!(
                "{what} of {name} is looser than the shipped {name}: put it back, and choose another preset, give yours \
                 a name of its own, or write an [[override]] with evidence, an end and a second approver into limits.toml"
            ),
            Self::Malformed { is, wants } => format!("`{is}` is not {}", wants.en),
            Self::Missing { wants } => format!("is missing; it wants {}", wants.en),
            Self::NoSuch { what, name, nearest } => {
                format!("there is no {} `{name}`{}", what.en, meant(nearest.as_ref(), "; did you mean"))
            }
            Self::NotOneOf { is, nearest, allowed } => format!(
                "`{is}` is not one of {}{}",
                allowed.join(", "),
                meant(nearest.as_ref(), "; did you mean")
            ),
            Self::OutOfRange { is, least, most } => format!("{is} is outside {least} to {most}"),
            Self::SecretInFile => "a secret does not stand in a file of the configuration: name a variable \
                                   with `_env` or a file with `_file`"
                .into(),
            Self::SecretOpen { file } => {
                format!("everybody may read the secret in {file}: chmod 600, or 640 for a group")
            }
            Self::SecretUnset { variable } => format!("the variable {variable} is not set or empty"),
            Self::Syntax { said } => format!("is not TOML: {said}"),
            Self::Twice { name } => format!("`{name}` is there twice"),
            Self::UnknownFile { nearest } => {
                format!("nobody reads this file{}", meant(nearest.as_ref(), "; did you mean"))
            }
            Self::UnknownKey { nearest } => {
                format!("no such key{}", meant(nearest.as_ref(), "; did you mean"))
            }
            Self::Unreadable { said } => format!("can't be read: {said}"),
            Self::WrongKind { is, wants } => format!("is {}; it wants {}", is.en, wants.en),
        }
    }

    fn russian(&self) -> String {
        match self {
            Self::Contradiction(clause) => clause.ru.into(),
            Self::Empty => "пусто; нужно назвать хотя бы одно".into(),
            Self::Foreign { ru, .. } => ru.clone(),
            Self::Looser { what, name } => format!(
                "{what} в {name} мягче, чем в поставленном {name}: верните как было и выберите другой набор, назовите \
                 свой иначе или впишите [[override]] с основанием, сроком и вторым утверждающим в limits.toml"
            ),
            Self::Malformed { is, wants } => format!("«{is}» — не {}", wants.ru),
            Self::Missing { wants } => format!("не указано; нужно: {}", wants.ru),
            Self::NoSuch { what, name, nearest } => {
                format!("нет такого: {} «{name}»{}", what.ru, meant(nearest.as_ref(), "; возможно,"))
            }
            Self::NotOneOf { is, nearest, allowed } => format!(
                "«{is}» — не одно из: {}{}",
                allowed.join(", "),
                meant(nearest.as_ref(), "; возможно,")
            ),
            Self::OutOfRange { is, least, most } => format!("{is} вне пределов от {least} до {most}"),
            Self::SecretInFile => "секрету не место в файле настроек: назовите переменную (`_env`) или файл \
                                   (`_file`)"
                .into(),
            Self::SecretOpen { file } => {
                format!("секрет в {file} может прочесть кто угодно: chmod 600 или 640 для группы")
            }
            Self::SecretUnset { variable } => format!("переменная {variable} не задана или пуста"),
            Self::Syntax { said } => format!("это не TOML: {said}"),
            Self::Twice { name } => format!("«{name}» указано дважды"),
            Self::UnknownFile { nearest } => {
                format!("этот файл никто не читает{}", meant(nearest.as_ref(), "; возможно,"))
            }
            Self::UnknownKey { nearest } => {
                format!("нет такого ключа{}", meant(nearest.as_ref(), "; возможно,"))
            }
            Self::Unreadable { said } => format!("не читается: {said}"),
            Self::WrongKind { is, wants } => format!("это {}; нужно: {}", is.ru, wants.ru),
        }
    }
}

fn meant(nearest: Option<&String>, words: &str) -> String {
    nearest.map(|nearest| format!("{words} `{nearest}`?")).unwrap_or_default()
}
