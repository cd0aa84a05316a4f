//! A mistake in a flow file.

use std::fmt;

use super::file::told_of;
use crate::domain::Words;

/// A clause in English and Russian.
pub(super) fn told(en: impl Into<String>, ru: impl Into<String>) -> Words {
    Words { en: en.into(), ru: ru.into() }
}

/// What is wrong in a flow file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line of the step, from 1, where it is known.
    pub line: Option<u32>,
    /// The key, such as `steps.due.say.ru`; empty for the whole file.
    pub key: String,
    /// What is wrong and what would be right.
    pub text: Words,
}

impl Mistake {
    /// A mistake of writing, as the YAML reader found it, with the word that was most likely meant.
    pub(super) fn of_writing(error: &serde_saphyr::Error, meant: Option<&str>) -> Self {
        let line = error.location().and_then(|at| u32::try_from(at.line()).ok()).filter(|line| *line > 0);
        let mut text = told_of(error);
        if let Some(meant) = meant {
            text.en.push_str(&format!("; did you mean {meant}?"));
            text.ru.push_str(&format!("; имелось в виду {meant}?"));
        }
        Self { line, key: String::new(), text }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.text.en)
    }
}
