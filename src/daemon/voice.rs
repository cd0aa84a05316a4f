//! Utterances to sound: the packs and their clips.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use jiff::civil::Date;

use super::names::name_clips;
use crate::config::PromptsConfig;
use crate::domain::{Language, Money, PersonName, Utterance};
use crate::ivr::{Flow, IdentifiedBy, VoicedName};
use crate::media::{Clip, ClipStore};
use crate::speech::{ClipId, EnginePlan, Pack, Unspeakable, near_dates, speak, speak_prepared};
use crate::synthesis::SentenceCache;

/// The voices of the house, one pack a language, and the engines that have said the names.
#[derive(Debug)]
pub struct Voice {
    packs: HashMap<Language, Loaded>,
    engines: Vec<EnginePlan>,
}

#[derive(Debug)]
struct Loaded {
    pack: Pack,
    clips: HashMap<String, Arc<Clip>>,
}

/// How one debtor is called by his name: the sentences that an engine said beforehand.
#[derive(Debug, Default)]
pub struct NameSound {
    /// Absent when in no language all of a flow's sentences are there.
    pub name: Option<VoicedName>,
    clips: HashMap<ClipId, Arc<Clip>>,
}

/// What is played for an utterance.
#[derive(Debug)]
pub struct Sound {
    pub clips: Vec<Arc<Clip>>,
    pub length: Duration,
}

impl Voice {
    /// Reads every clip of the packs into memory, so that nothing is read while somebody listens.
    ///
    /// # Errors
    /// When a manifest or a clip can't be read.
    pub fn load(prompts: &PromptsConfig) -> anyhow::Result<Self> {
        let root = &prompts.dir;
        let store = ClipStore::new(root);
        let mut loaded = HashMap::new();
        for (language, folder) in &prompts.packs {
            let pack = read_pack(root, folder)?;
            let mut clips = HashMap::new();
            for id in pack.ids() {
                clips.insert(id.as_str().to_owned(), store.load(*language, id.as_str())?);
            }
            loaded.insert(*language, Loaded { pack, clips });
        }
        Ok(Self { packs: loaded, engines: prompts.engines.clone() })
    }

    /// Whether the packs can tell somebody of `wanted` language this debt in the words of `flow`.
    pub fn can_tell(&self, flow: &Flow, wanted: Language, creditor: &str, amount: Money) -> bool {
        let pack = |language| self.packs.get(&language).map(|loaded| &loaded.pack);
        can_tell(pack, flow, wanted, creditor, amount)
    }

    /// The languages of `flow` in which the packs cannot tell this debt, or nothing at all.
    pub fn untold(&self, flow: &Flow, creditor: &str, amount: Money) -> Vec<Language> {
        let told =
            |language| self.packs.contains_key(&language) && self.can_tell(flow, language, creditor, amount);
        flow.languages().iter().copied().filter(|language| !told(*language)).collect()
    }

    /// The languages into which no key of `flow` may lead him: the debt cannot be told in them, or he cannot be asked by his
    /// name where `by` wants it.
    pub fn closed(
        &self,
        flow: &Flow,
        (creditor, amount): (&str, Money),
        (by, name): (IdentifiedBy, Option<&VoicedName>),
    ) -> Vec<Language> {
        let mut closed = self.untold(flow, creditor, amount);
        let other =
            |language: &Language| !closed.contains(language) && !flow.can_identify(by, name, *language);
        let unnamed: Vec<_> = flow.languages().iter().copied().filter(other).collect();
        closed.extend(unnamed);
        closed
    }

    /// Whether an engine says names at all.
    pub fn says_names(&self) -> bool {
        !self.engines.is_empty()
    }

    /// Reads the sentences in which `flow` says `name`. A language in which one of them is missing is left out, and the
    /// flow's wording without the name is said in it. Reads files, so it is called from a thread that may wait.
    pub fn name_sound(&self, flow: &Flow, name: &PersonName, cache: &SentenceCache) -> NameSound {
        let mut sound = NameSound::default();
        for engine in &self.engines {
            let Some((readable, clips)) = name_clips(engine, flow, name) else { continue };
            let read = clips
                .into_iter()
                .map(|clip| cache.samples(&clip).map(|samples| (clip, Arc::new(Clip::from_pcm(&samples)))));
            if let Some(clips) = read.collect::<Option<Vec<_>>>() {
                sound.clips.extend(clips);
                let voiced =
                    sound.name.get_or_insert_with(|| VoicedName { name: readable, languages: Vec::new() });
                voiced.languages.push(engine.language);
            }
        }
        sound
    }

    /// The sound of an utterance to somebody whose date is `today`: near dates are «сегодня» and «завтра», far ones have
    /// their year. A pack without those words says the dates as they stand.
    ///
    /// # Errors
    /// As `sound`.
    pub fn sound_on(
        &self,
        today: Date,
        utterance: &Utterance,
        name: &NameSound,
    ) -> Result<Sound, Unspeakable> {
        let near = near_dates(utterance.clone(), today);
        self.sound(&near, name).or_else(|_| self.sound(utterance, name))
    }

    /// The sound of an utterance, with this debtor's name.
    ///
    /// # Errors
    /// When the pack can't say it; the words themselves are not in the error.
    pub fn sound(&self, utterance: &Utterance, name: &NameSound) -> Result<Sound, Unspeakable> {
        let loaded = self.packs.get(&utterance.language).ok_or(Unspeakable::Language)?;
        let engine = self.engines.iter().find(|engine| engine.language == utterance.language);
        let prepared = |text: &str| {
            let clip = engine.map(|engine| engine.clip(text))?;
            name.clips.contains_key(&clip).then_some(clip)
        };
        let spoken = speak_prepared(utterance, &loaded.pack, prepared)?;
        let clip = |id: &ClipId| loaded.clips.get(id.as_str()).or_else(|| name.clips.get(id)).cloned();
        let clips: Vec<_> = spoken.clips.iter().filter_map(clip).collect();
        let samples: usize = clips.iter().map(|clip| clip.samples()).sum();
        Ok(Sound { clips, length: Duration::from_micros(samples as u64 * 125) })
    }
}

/// The packs without their sound: what they can say.
#[derive(Debug)]
pub struct Packs(HashMap<Language, Pack>);

impl Packs {
    /// Reads the manifests.
    ///
    /// # Errors
    /// When one can't be read.
    pub fn read(prompts: &PromptsConfig) -> anyhow::Result<Self> {
        let packs = prompts
            .packs
            .iter()
            .map(|(language, folder)| Ok((*language, read_pack(&prompts.dir, folder)?)))
            .collect::<anyhow::Result<_>>()?;
        Ok(Self(packs))
    }

    pub fn of(&self, language: Language) -> Option<&Pack> {
        self.0.get(&language)
    }

    /// What a sound file that a flow plays says, where a pack's manifest has its words.
    pub fn words_of_file(&self, language: Language, path: &str) -> Option<&str> {
        self.0.get(&language)?.words_of_file(path)
    }

    /// As [`Voice::can_tell`].
    pub fn can_tell(&self, flow: &Flow, wanted: Language, creditor: &str, amount: Money) -> bool {
        can_tell(|language| self.0.get(&language), flow, wanted, creditor, amount)
    }
}

fn can_tell<'p>(
    pack: impl Fn(Language) -> Option<&'p Pack>,
    flow: &Flow,
    wanted: Language,
    creditor: &str,
    amount: Money,
) -> bool {
    let sentences = flow.debt_sentences(wanted, creditor, amount);
    sentences.iter().all(|said| pack(said.language).is_some_and(|pack| speak(said, pack).is_ok()))
}

fn read_pack(root: &Path, folder: &str) -> anyhow::Result<Pack> {
    let manifest = root.join(folder).join("pack.toml");
    let reading = || format!("reading {}", manifest.display());
    let text = std::fs::read_to_string(&manifest).with_context(reading)?;
    Pack::parse(&text).with_context(reading)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use std::collections::BTreeSet;

    use super::*;
    use crate::daemon::names::name_texts;
    use crate::domain::utterance::Case;
    use crate::domain::{Currency, Part};
    use crate::ivr::Policy;
    use crate::speech::EngineWay;

    /// The shipped Russian pack, and these engines.
    fn voice(engines: Vec<EnginePlan>) -> Voice {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts");
        let packs = vec![(Language::Ru, "ru".to_owned())];
        Voice::load(&PromptsConfig { dir, packs, engines }).expect("the shipped pack")
    }

    #[test]
    fn a_name_is_said_where_every_sentence_with_it_was_prepared_and_in_no_other_language() {
        let text = include_str!("../../config/flows/reminder_current.yaml");
        let file = crate::ivr::read(text).expect("a flow file");
        let flow = Flow::check(&file, &Policy::default(), &BTreeSet::new()).expect("a sound flow");
        let engine = EnginePlan {
            language: Language::Ru,
            way: EngineWay::Command(vec!["say".to_owned()]),
            voice: String::new(),
            speed: String::new(),
            time_limit: Duration::from_secs(1),
            workers: 1,
        };
        let english = EnginePlan { language: Language::En, ..engine.clone() };
        let voice = voice(vec![engine.clone(), english]);
        let folder = tempfile::tempdir().expect("a scratch folder");
        let cache = SentenceCache::below(folder.path());
        let name = PersonName::new("ПЕТРОВА  АННА");
        let readable = PersonName::new("Петрова Анна");
        let texts = name_texts(&flow, Language::Ru, &readable);
        assert_eq!(texts, ["Это Петрова Анна?", "Оно для абонента: Петрова Анна."]);
        cache.keep(&engine.clip(&texts[0]), &[1000; 4000]).expect("room on the disk");
        assert_eq!(voice.name_sound(&flow, &name, &cache).name, None, "one sentence is missing");
        cache.keep(&engine.clip(&texts[1]), &[1000; 8000]).expect("room on the disk");
        let sound = voice.name_sound(&flow, &name, &cache);
        let languages = vec![Language::Ru];
        assert_eq!(sound.name, Some(VoicedName { name: readable, languages }));
        let prompt = &flow.prompts_with_name(Language::Ru, &sound.name.as_ref().expect("voiced").name)[0];
        assert!(voice.sound(prompt, &sound).is_ok());
        assert!(matches!(voice.sound(prompt, &NameSound::default()), Err(Unspeakable::Name)));
    }

    #[test]
    fn a_creditor_whom_the_pack_lacks_cannot_be_told_of() {
        let text = include_str!("../../config/flows/reminder_overdue.yaml");
        let file = crate::ivr::read(text).expect("a flow file");
        let flow = Flow::check(&file, &Policy::default(), &BTreeSet::new()).expect("a sound flow");
        let (voice, amount) = (voice(Vec::new()), Money::new(123_456, Currency::Rub));
        let told = |language, creditor| voice.can_tell(&flow, language, creditor, amount);
        assert!(told(Language::Ru, "Северный Банк"));
        assert!(!told(Language::Ru, "Водоканал Приречья"));
        assert!(!told(Language::En, "Северный Банк"), "there is no English pack");
        assert_eq!(voice.untold(&flow, "Северный Банк", amount), [Language::En]);
        assert_eq!(voice.untold(&flow, "Водоканал Приречья", amount), [Language::Ru, Language::En]);
    }

    #[test]
    fn tomorrow_is_said_as_tomorrow_on_the_day_before_and_as_a_date_otherwise() {
        let voice = voice(Vec::new());
        let due = Part::Date { date: date(2026, 3, 11), case: Case::Nominative, with_year: false };
        let words =
            |text: &str| Utterance { language: Language::Ru, parts: vec![Part::Words(text.to_owned())] };
        let due = Utterance { language: Language::Ru, parts: vec![due] };
        let length = |today, utterance: &Utterance| {
            voice.sound_on(today, utterance, &NameSound::default()).expect("said").length
        };
        let (day_before, earlier) = (date(2026, 3, 10), date(2026, 3, 1));
        assert_eq!(length(day_before, &due), length(day_before, &words("завтра")));
        assert_eq!(length(earlier, &due), length(earlier, &words("одиннадцатое марта")));
    }
}
