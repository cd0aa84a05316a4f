//! A saved way of reading one creditor's lists: `imports/NAME.toml` in the folder of the configuration.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Column, ImportFault, Mapping};

/// What a list's author leaves out or calls in his own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Preset {
    /// The creditor where there is no such column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creditor: Option<String>,
    /// Country of numbers without a country code, ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// ISO 4217.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// `ru` or `en`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// `;`, `,`, `|` or a tab; guessed where it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// The sheet of a spreadsheet; the first where it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Header to meaning; `"skip"` passes over a column whose header we would take for something else.
    pub columns: BTreeMap<String, Meaning>,
}

/// What a header means in a preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Meaning {
    Column(Column),
    Skip(Skip),
}

/// The word `skip`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    Skip,
}

impl Preset {
    /// Reads the preset `name` of the configuration in `config`.
    ///
    /// # Errors
    /// When there is none of that name, or it has a mistake.
    pub fn load(config: &Path, name: &str) -> Result<Self, ImportFault> {
        let fault = |said: String| ImportFault::Preset { said };
        let path = path(config, name)?;
        let text = fs::read_to_string(&path).map_err(|io| fault(format!("{}: {io}", path.display())))?;
        toml::from_str(&text).map_err(|toml| fault(format!("{}: {}", path.display(), toml.message())))
    }

    /// Writes the preset under `name`; one that is there is kept and is a fault.
    ///
    /// # Errors
    /// When it is there already, or can't be written.
    pub fn save(&self, config: &Path, name: &str) -> Result<PathBuf, ImportFault> {
        let fault = |said: String| ImportFault::Preset { said };
        let path = path(config, name)?;
        let text = toml::to_string_pretty(self).map_err(|toml| fault(toml.to_string()))?;
        let folder = path.parent().expect("the path was made with a folder");
        fs::create_dir_all(folder).map_err(|io| fault(io.to_string()))?;
        let created = fs::File::create_new(&path);
        let written = created.and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()));
        written.map_err(|io| fault(format!("{}: {io}", path.display())))?;
        Ok(path)
    }

    /// This preset with the meanings a file was read by.
    pub fn with_mapping(mut self, mapping: &Mapping) -> Self {
        for (header, meaning) in mapping.header.iter().zip(&mapping.meanings) {
            if let Some(column) = meaning {
                self.columns.insert(header.clone(), Meaning::Column(*column));
            }
        }
        self
    }

    /// What the preset says of a header; `Some(None)`: pass it over.
    pub(super) fn meaning(&self, header: &str) -> Option<Option<Column>> {
        self.columns.get(header).map(|meaning| match meaning {
            Meaning::Column(column) => Some(*column),
            Meaning::Skip(Skip::Skip) => None,
        })
    }
}

/// A name is one part of a path and no way out of the folder.
fn path(config: &Path, name: &str) -> Result<PathBuf, ImportFault> {
    let sound = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    if sound {
        Ok(config.join("imports").join(format!("{name}.toml")))
    } else {
        let said = format!("`{name}` is no name of letters, digits, - and _");
        Err(ImportFault::Preset { said })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_preset_is_read_back_and_not_overwritten() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut preset =
            Preset { creditor: Some("Банк".into()), delimiter: Some(';'), ..Preset::default() };
        preset.columns.insert("Остаток ОД".into(), Meaning::Column(Column::Amount));
        preset.columns.insert("Телефон банка".into(), Meaning::Skip(Skip::Skip));
        preset.save(dir.path(), "bank").expect("saved");
        assert_eq!(Preset::load(dir.path(), "bank").expect("read"), preset);
        assert!(preset.save(dir.path(), "bank").is_err());
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        let dir = tempfile::tempdir().expect("a folder");
        for name in ["../trunks", "a/b", "", "a.b"] {
            assert!(matches!(Preset::load(dir.path(), name), Err(ImportFault::Preset { .. })), "{name}");
        }
    }

    #[test]
    fn a_misspelt_key_of_a_preset_is_a_fault() {
        assert!(toml::from_str::<Preset>("credtor = \"x\"").is_err());
        assert!(toml::from_str::<Preset>("columns = { a = \"amont\" }").is_err());
    }
}
