//! Which texts have been recorded: the index of one language's clips.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::clip::{ClipId, Intonation};
use crate::domain::Language;

/// The index of one language's clips: words to clip ids. Holds no sound.
#[derive(Clone, Debug)]
pub struct Pack {
    language: Language,
    clips: BTreeMap<(String, Intonation), ClipId>,
}

/// The manifest `prompts/<language>/pack.toml` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PackFault {
    #[error("reading the manifest of a pack")]
    Read { source: toml::de::Error },
    #[error("clip id {0:?}: small ASCII letters, digits, - and _ only, 80 at most")]
    Id(String),
}

#[derive(Deserialize)]
struct Manifest {
    language: Language,
    #[serde(default)]
    mid: BTreeMap<String, String>,
    #[serde(default)]
    end: BTreeMap<String, String>,
}

impl Pack {
    pub fn new(language: Language) -> Self {
        Self { language, clips: BTreeMap::new() }
    }

    /// Reads the text of `prompts/<language>/pack.toml`: tables `mid` and `end`, clip id to its words.
    ///
    /// # Errors
    /// When it is not TOML of that shape or an id is not safe as a file name.
    pub fn parse(manifest: &str) -> Result<Self, PackFault> {
        let manifest: Manifest = toml::from_str(manifest).map_err(|source| PackFault::Read { source })?;
        let mut pack = Self::new(manifest.language);
        for (table, at) in [(manifest.mid, Intonation::Mid), (manifest.end, Intonation::End)] {
            for (id, words) in table {
                let id = ClipId::parse(&id).ok_or(PackFault::Id(id))?;
                pack.add(&words, at, id);
            }
        }
        Ok(pack)
    }

    /// Adds a clip that says `words`.
    pub fn add(&mut self, words: &str, at: Intonation, id: ClipId) {
        self.clips.insert((words.to_lowercase(), at), id);
    }

    pub fn language(&self) -> Language {
        self.language
    }

    /// Every clip, for loading the sound.
    pub fn ids(&self) -> impl Iterator<Item = &ClipId> {
        self.clips.values()
    }
}
