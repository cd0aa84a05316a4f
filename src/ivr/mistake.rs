//! A mistake in a flow file.

use std::fmt;

/// What is wrong in a flow file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line of the step, from 1, where it is known.
    pub line: Option<u32>,
    /// The key, such as `steps.due.say.ru`; empty for the whole file.
    pub key: String,
    /// What is wrong and what would be right, in one clause.
    pub text: String,
}

impl Mistake {
    /// A mistake of writing, as the YAML reader found it, with the word that was most likely meant.
    pub(super) fn of_writing(error: &serde_saphyr::Error, meant: Option<&str>) -> Self {
        let line = error.location().and_then(|at| u32::try_from(at.line()).ok()).filter(|line| *line > 0);
        let hint = meant.map_or_else(String::new, |meant| format!("; did you mean {meant}?"));
        Self { line, key: String::new(), text: format!("{}{hint}", error.without_snippet()) }
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
        f.write_str(&self.text)
    }
}
