//! Where in a file of rules something stands.

use std::fmt;

/// One step down from a file's root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Key(String),
    /// A place in a list, from 0.
    At(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(place: usize) -> Self {
        Self::At(place)
    }
}

/// The way from a file's root to a value; the root where there is no step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot(pub Vec<Step>);

impl Spot {
    /// One step further down; an empty key is none.
    #[must_use]
    pub fn then(mut self, step: impl Into<Step>) -> Self {
        let step = step.into();
        if step != Step::Key(String::new()) {
            self.0.push(step);
        }
        self
    }
}

/// `override.2.limit`: places in lists as people count them.
impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { "." })?;
            match step {
                Step::Key(key) => f.write_str(key)?,
                Step::At(place) => write!(f, "{}", place + 1)?,
            }
        }
        Ok(())
    }
}

/// The key a reader of TOML complains of; empty where it is the table itself.
pub fn key_of(error: &toml::de::Error) -> String {
    let told = error.to_string();
    let quoted = |text: &str| text.split('`').next().map(str::to_owned);
    let within = told.lines().find_map(|line| quoted(line.strip_prefix("in `")?));
    let unknown = || quoted(error.message().strip_prefix("unknown field `")?);
    within.or_else(unknown).unwrap_or_default()
}
