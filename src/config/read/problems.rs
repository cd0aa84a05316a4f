//! Every mistake of every file, with its place and key.

use std::fmt;

use crate::domain::Language;

use super::Mistake;

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A file, by its path from the folder of the configuration, and a line from 1 where one is known.
    File { path: String, line: Option<u32> },
    /// An environment variable.
    Variable(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line: Some(line) } => write!(f, "{path}:{line}"),
            Self::File { path, line: None } => f.write_str(path),
            Self::Variable(name) => write!(f, "${name}"),
        }
    }
}

/// One mistake in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub place: Place,
    /// Dotted path of the key, such as `trunk.main.cps`; empty for a whole file.
    pub key: String,
    pub mistake: Mistake,
}

impl Problem {
    /// `trunks.toml:7: trunk.main.cps: 0 is outside 1 to 500`.
    pub fn line(&self, language: Language) -> String {
        let said = self.mistake.text(language);
        if self.key.is_empty() {
            format!("{}: {said}", self.place)
        } else {
            format!("{}: {}: {said}", self.place, self.key)
        }
    }

    /// The same for a program.
    pub fn to_json(&self, language: Language) -> serde_json::Value {
        let (file, line, variable) = match &self.place {
            Place::File { path, line } => (Some(path), *line, None),
            Place::Variable(name) => (None, None, Some(name)),
        };
        serde_json::json!({
            "file": file,
            "line": line,
            "variable": variable,
            "key": self.key,
            "code": self.mistake.code(),
            "message": self.mistake.text(language),
        })
    }
}

/// All the mistakes, by place. Never empty where it is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.render(Language::En))]
pub struct Problems(Vec<Problem>);

impl Problems {
    pub(in crate::config) fn sorted(mut list: Vec<Problem>) -> Self {
        list.sort_by(|a, b| (&a.place, &a.key).cmp(&(&b.place, &b.key)));
        Self(list)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One line a mistake, and one that counts them.
    pub fn render(&self, language: Language) -> String {
        let mut lines: Vec<String> = self.iter().map(|problem| problem.line(language)).collect();
        lines.push(match language {
            Language::En => format!("mistakes: {}", self.len()),
            Language::Ru => format!("ошибок: {}", self.len()),
        });
        lines.join("\n")
    }

    /// The same for a program: an array of objects.
    pub fn to_json(&self, language: Language) -> serde_json::Value {
        self.iter().map(|problem| problem.to_json(language)).collect()
    }
}
