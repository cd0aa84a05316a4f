//! The manifest `pack.toml` as it is written: whose voice, and what each clip says.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::domain::Language;
use crate::speech::sound::TARGET_DBOV;
use crate::speech::{ClipId, Fragment, Intonation};

/// A pack's manifest; ids to words.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Manifest {
    pub(super) language: String,
    #[serde(default)]
    pub(super) voice: String,
    #[serde(default)]
    loudness: String,
    #[serde(default)]
    end: BTreeMap<String, String>,
    #[serde(default)]
    mid: BTreeMap<String, String>,
    /// Whose voice a clip is that is not `voice`'s.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    other_voices: BTreeMap<String, String>,
}

impl Manifest {
    pub(super) fn new(language: Language) -> Self {
        let loudness = format!("ITU-T P.56 active speech level {TARGET_DBOV} dBov, peaks below -1 dBov");
        let language = language.code().to_owned();
        Self {
            language,
            voice: String::new(),
            loudness,
            end: BTreeMap::new(),
            mid: BTreeMap::new(),
            other_voices: BTreeMap::new(),
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    pub(super) fn text(&self) -> anyhow::Result<String> {
        toml::to_string(self).context("writing the manifest as TOML")
    }

    /// Puts a clip of `voice` in, in the place of whatever said these words so.
    pub(super) fn put(&mut self, id: &str, fragment: &Fragment, voice: &str) {
        let table = match fragment.at {
            Intonation::End => &mut self.end,
            Intonation::Mid => &mut self.mid,
        };
        table.retain(|_, words| ClipId::of(words, fragment.at).as_str() != id);
        table.insert(id.to_owned(), fragment.words.clone());
        self.other_voices.insert(id.to_owned(), voice.to_owned());
    }

    /// Makes the voice that says the most clips the pack's, and keeps beside what other voices say. Gives how many clips
    /// each of the others says.
    pub(super) fn settle_voices(&mut self) -> BTreeMap<String, usize> {
        let own = self.voice.clone();
        let voices: BTreeMap<String, String> = self
            .spoken_ids()
            .map(|id| (id.to_owned(), self.other_voices.get(id).unwrap_or(&own).clone()))
            .collect();
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        voices.values().for_each(|voice| *counts.entry(voice.clone()).or_default() += 1);
        let most = counts.iter().max_by_key(|(_, count)| **count).map(|(voice, _)| voice.clone());
        self.voice = most.unwrap_or(own);
        counts.remove(&self.voice);
        self.other_voices = voices.into_iter().filter(|(_, voice)| *voice != self.voice).collect();
        counts
    }

    /// Whether the pause is new.
    pub(super) fn put_pause(&mut self, pause: &str) -> bool {
        self.mid.insert(pause.to_owned(), String::new()).is_none()
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.end.contains_key(id) || self.mid.contains_key(id)
    }

    /// The clips that say something.
    pub(super) fn spoken_ids(&self) -> impl Iterator<Item = &str> {
        let spoken = self.end.iter().chain(&self.mid).filter(|(_, words)| !words.is_empty());
        spoken.map(|(id, _)| id.as_str())
    }

    /// The clips that `new` has no more; only names that are safe as a file's.
    pub(super) fn ids_gone_in(&self, new: &Self) -> BTreeSet<ClipId> {
        let ids = self.end.keys().chain(self.mid.keys());
        ids.filter(|id| !new.has(id)).filter_map(|id| ClipId::parse(id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_takes_the_place_of_the_one_that_said_its_words_and_no_others() {
        let text = "language = \"ru\"\nvoice = \"x\"\n[end]\nraz-end = \"раз\"\n[mid]\nold = \"Раз,\"\ndva-mid = \"два\"";
        let old = Manifest::parse(text).expect("a manifest");
        let mut new = old.clone();
        new.put("raz-mid", &Fragment { words: "раз".to_owned(), at: Intonation::Mid }, "x");
        let ids: Vec<_> = new.spoken_ids().collect();
        assert_eq!(ids, ["raz-end", "dva-mid", "raz-mid"]);
        assert_eq!(
            old.ids_gone_in(&new).into_iter().collect::<Vec<_>>(),
            [ClipId::parse("old").expect("safe")]
        );
        assert_eq!(Manifest::parse(&new.text().expect("TOML")).expect("a manifest").mid, new.mid);
    }

    #[test]
    fn the_voice_of_most_clips_is_the_packs_and_the_others_stand_by_their_clips() {
        let text = "language = \"ru\"\nvoice = \"x\"\n[end]\nraz-end = \"раз\"\n[mid]\nraz-mid = \"раз\"\npause-short = \"\"";
        let mut pack = Manifest::parse(text).expect("a manifest");
        let one = |at| Fragment { words: "раз".to_owned(), at };
        let two = |at| Fragment { words: "два".to_owned(), at };
        pack.put("dva-mid", &two(Intonation::Mid), "y");
        assert_eq!(pack.settle_voices(), BTreeMap::from([("y".to_owned(), 1)]));
        assert!(
            pack.voice == "x" && pack.text().expect("TOML").ends_with("[other_voices]\ndva-mid = \"y\"\n")
        );
        pack.put("dva-end", &two(Intonation::End), "y");
        pack.put("raz-end", &one(Intonation::End), "y");
        assert_eq!(pack.settle_voices(), BTreeMap::from([("x".to_owned(), 1)]));
        assert_eq!(pack.voice, "y");
        pack.put("raz-mid", &one(Intonation::Mid), "y");
        assert!(pack.settle_voices().is_empty() && !pack.text().expect("TOML").contains("other_voices"));
    }
}
