//! Which texts have been recorded: the index of one language's clips.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::pieces::fold;
use super::{ClipId, Intonation};
use crate::domain::Language;

/// The index of one language's clips: words to clip ids. Holds no sound.
#[derive(Clone, Debug)]
pub struct Pack {
    language: Language,
    /// By folded words.
    clips: HashMap<String, Takes>,
    /// Every id with its words, as the manifest writes them: for files and pauses.
    ids: BTreeMap<String, (ClipId, String)>,
    /// Words in the longest clip.
    longest: usize,
    /// Whose voice the clips are, as the manifest has it.
    voice: String,
    /// By id, the clips of other voices.
    others: BTreeMap<String, String>,
}

/// The two intonations of one text.
#[derive(Clone, Debug, Default)]
struct Takes {
    mid: Option<ClipId>,
    end: Option<ClipId>,
}

/// The manifest `prompts/<language>/pack.toml` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PackFault {
    #[error("clip id {0:?}: small ASCII letters, digits, - and _ only, 80 at most")]
    Id(String),
    #[error("reading the manifest of a pack")]
    Read { source: toml::de::Error },
}

#[derive(Deserialize)]
struct Manifest {
    language: Language,
    #[serde(default)]
    voice: String,
    #[serde(default)]
    mid: BTreeMap<String, String>,
    #[serde(default)]
    end: BTreeMap<String, String>,
    #[serde(default)]
    other_voices: BTreeMap<String, String>,
}

impl Pack {
    /// The file that is the pause at a comma.
    pub const SHORT_PAUSE: &str = "pause-short";
    /// The file that is the pause between sentences.
    pub const LONG_PAUSE: &str = "pause-long";

    /// An empty pack.
    pub fn new(language: Language) -> Self {
        let (voice, others) = (String::new(), BTreeMap::new());
        Self { language, clips: HashMap::new(), ids: BTreeMap::new(), longest: 0, voice, others }
    }

    /// Reads the text of `prompts/<language>/pack.toml`: tables `mid` and `end`, clip id to its words. A clip without
    /// words (a pause, a file played by its path) has an empty text. `voice` names whose voice they are, the table
    /// `other_voices` that of each clip that is another's.
    ///
    /// # Errors
    /// When it is not TOML of that shape or an id is not safe as a file name.
    pub fn parse(manifest: &str) -> Result<Self, PackFault> {
        let manifest: Manifest = toml::from_str(manifest).map_err(|source| PackFault::Read { source })?;
        let mut pack = Self::new(manifest.language);
        (pack.voice, pack.others) = (manifest.voice, manifest.other_voices);
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
        self.ids.insert(id.as_str().to_owned(), (id.clone(), words.to_owned()));
        let words = fold(words);
        if words.is_empty() {
            return;
        }
        self.longest = self.longest.max(words.split(' ').count());
        let takes = self.clips.entry(words).or_default();
        match at {
            Intonation::End => takes.end = Some(id),
            Intonation::Mid => takes.mid = Some(id),
        }
    }

    pub fn language(&self) -> Language {
        self.language
    }

    /// Whose voice most clips are; empty when the manifest does not say.
    pub fn voice(&self) -> &str {
        &self.voice
    }

    /// Whether clips of several voices are in it.
    pub fn is_mixed(&self) -> bool {
        !self.others.is_empty()
    }

    /// Whose voice says these words in that intonation; `None` where no clip does, or a pause.
    pub fn voice_of(&self, words: &str, at: Intonation) -> Option<&str> {
        let (id, _) = self.find(&fold(words), at)?;
        Some(self.others.get(id.as_str()).unwrap_or(&self.voice))
    }

    /// Every clip, for loading the sound.
    pub fn ids(&self) -> impl Iterator<Item = &ClipId> {
        self.ids.values().map(|(id, _)| id)
    }

    /// What the file of a path says, as the manifest has it: `None` for a file that it does not name, or names without
    /// words. A pause says nothing.
    pub fn words_of_file(&self, path: &str) -> Option<&str> {
        let (id, words) = self.entry(path)?;
        let pause = [Self::SHORT_PAUSE, Self::LONG_PAUSE].contains(&id.as_str());
        (pause || !words.is_empty()).then_some(words)
    }

    /// Whether one clip says these words, in whatever intonation.
    pub fn has(&self, words: &str) -> bool {
        self.clips.contains_key(&fold(words))
    }

    /// Whether one clip says these words in that intonation.
    pub fn has_take(&self, words: &str, at: Intonation) -> bool {
        self.find(&fold(words), at).is_some_and(|(_, got)| got == at)
    }

    /// The clip of a path in the prompt folder: `menu.wav`, `prompts/menu.wav`, `prompts/ru/menu.wav`, `menu`.
    pub(super) fn file(&self, path: &str) -> Option<ClipId> {
        self.entry(path).map(|(id, _)| id.clone())
    }

    fn entry(&self, path: &str) -> Option<&(ClipId, String)> {
        let path = path.strip_prefix("prompts/").unwrap_or(path);
        let path = path.strip_prefix(self.language.code()).and_then(|p| p.strip_prefix('/')).unwrap_or(path);
        self.ids.get(path.strip_suffix(".wav").unwrap_or(path))
    }

    /// The clip for folded words, in the intonation wanted if there is one.
    pub(super) fn find(&self, folded: &str, wanted: Intonation) -> Option<(&ClipId, Intonation)> {
        let takes = self.clips.get(folded)?;
        let mid = takes.mid.as_ref().map(|id| (id, Intonation::Mid));
        let end = takes.end.as_ref().map(|id| (id, Intonation::End));
        match wanted {
            Intonation::End => end.or(mid),
            Intonation::Mid => mid.or(end),
        }
    }

    pub(super) fn longest(&self) -> usize {
        self.longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_read() {
        let text = "language = \"ru\"\nvoice = \"x\"\n[mid]\nraz-mid = \"раз\"\n[end]\nraz-end = \"раз\"\nmenu = \"\"";
        let pack = Pack::parse(text).unwrap();
        assert!(pack.has("Раз!") && pack.has_take("раз", Intonation::End) && !pack.has("два"));
        assert_eq!(pack.ids().count(), 3);
        assert_eq!(pack.file("prompts/ru/menu.wav"), ClipId::parse("menu"));
        assert_eq!(pack.words_of_file("prompts/ru/raz-end.wav"), Some("раз"));
        assert_eq!(pack.words_of_file("menu.wav"), None);
        assert_eq!(pack.words_of_file("en/raz-end.wav"), None, "another language's");
        assert_eq!((pack.voice_of("Раз", Intonation::End), pack.is_mixed()), (Some("x"), false));
    }

    #[test]
    fn the_voice_of_a_clip_is_the_packs_or_its_own() {
        let text = "language = \"ru\"\nvoice = \"x\"\n[mid]\nraz-mid = \"раз\"\ndva-mid = \"два\"\n[other_voices]\ndva-mid = \"y\"";
        let pack = Pack::parse(text).unwrap();
        assert!(pack.is_mixed());
        let voices = ["раз", "два", "три"].map(|words| pack.voice_of(words, Intonation::Mid));
        assert_eq!(voices, [Some("x"), Some("y"), None]);
    }

    #[test]
    fn an_unsafe_id_is_refused() {
        let fault = Pack::parse("language = \"ru\"\n[mid]\n\"../x\" = \"раз\"");
        assert!(matches!(fault, Err(PackFault::Id(id)) if id == "../x"));
        assert!(matches!(Pack::parse("language ="), Err(PackFault::Read { .. })));
    }
}
