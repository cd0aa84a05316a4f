//! Utterances to sound: the packs and their clips.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use jiff::civil::Date;

use crate::domain::{Language, Utterance};
use crate::media::{Clip, ClipStore};
use crate::speech::{Pack, Unspeakable, near_dates, speak};

/// The voices of the house, one pack a language.
#[derive(Debug)]
pub struct Voice {
    packs: HashMap<Language, Loaded>,
}

#[derive(Debug)]
struct Loaded {
    pack: Pack,
    clips: HashMap<String, Arc<Clip>>,
}

/// What is played for an utterance.
#[derive(Debug)]
pub struct Sound {
    pub clips: Vec<Arc<Clip>>,
    pub length: Duration,
}

impl Voice {
    /// Reads every clip of the packs below `root` into memory, so that nothing is read while somebody listens.
    ///
    /// # Errors
    /// When a manifest or a clip can't be read.
    pub fn load(root: &Path, packs: &[(Language, String)]) -> anyhow::Result<Self> {
        let store = ClipStore::new(root);
        let mut loaded = HashMap::new();
        for (language, folder) in packs {
            let manifest = root.join(folder).join("pack.toml");
            let text = std::fs::read_to_string(&manifest)
                .with_context(|| format!("reading {}", manifest.display()))?;
            let pack = Pack::parse(&text).with_context(|| format!("reading {}", manifest.display()))?;
            let mut clips = HashMap::new();
            for id in pack.ids() {
                clips.insert(id.as_str().to_owned(), store.load(*language, id.as_str())?);
            }
            loaded.insert(*language, Loaded { pack, clips });
        }
        Ok(Self { packs: loaded })
    }

    /// The sound of an utterance to somebody whose date is `today`: near dates are «сегодня» and «завтра», far ones have
    /// their year. A pack without those words says the dates as they stand.
    ///
    /// # Errors
    /// As `sound`.
    pub fn sound_on(&self, today: Date, utterance: &Utterance) -> Result<Sound, Unspeakable> {
        self.sound(&near_dates(utterance.clone(), today)).or_else(|_| self.sound(utterance))
    }

    /// The sound of an utterance.
    ///
    /// # Errors
    /// When the pack can't say it; the words themselves are not in the error.
    pub fn sound(&self, utterance: &Utterance) -> Result<Sound, Unspeakable> {
        let loaded = self.packs.get(&utterance.language).ok_or(Unspeakable::Language)?;
        let spoken = speak(utterance, &loaded.pack)?;
        let clips: Vec<_> =
            spoken.clips.iter().filter_map(|id| loaded.clips.get(id.as_str()).cloned()).collect();
        let samples: usize = clips.iter().map(|clip| clip.samples()).sum();
        Ok(Sound { clips, length: Duration::from_micros(samples as u64 * 125) })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::Part;
    use crate::domain::utterance::Case;

    #[test]
    fn tomorrow_is_said_as_tomorrow_on_the_day_before_and_as_a_date_otherwise() {
        let prompts = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts");
        let voice = Voice::load(&prompts, &[(Language::Ru, "ru".to_owned())]).expect("the shipped pack");
        let due = Part::Date { date: date(2026, 3, 11), case: Case::Nominative, with_year: false };
        let words =
            |text: &str| Utterance { language: Language::Ru, parts: vec![Part::Words(text.to_owned())] };
        let due = Utterance { language: Language::Ru, parts: vec![due] };
        let length = |today, utterance: &Utterance| voice.sound_on(today, utterance).expect("said").length;
        let (day_before, earlier) = (date(2026, 3, 10), date(2026, 3, 1));
        assert_eq!(length(day_before, &due), length(day_before, &words("завтра")));
        assert_eq!(length(earlier, &due), length(earlier, &words("одиннадцатое марта")));
    }
}
