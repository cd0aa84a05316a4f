//! `prompts.toml`: where the recorded speech is, and whether it can say what the flows say.

use std::fs;
use std::path::Path;

use super::engines::engines;
use super::plan::{FlowsConfig, PromptsConfig};
use super::read::{Mistake, Reading, Section, Value, words};
use super::trunks::LANGUAGES;
use crate::domain::{Language, nearest};
use crate::ivr::fixed_texts;
use crate::rules::spot::Spot;
use crate::speech::{Pack, text_fragments};

/// Reads the file's root; a pack's folder has to exist.
pub fn prompts(root: &Section<'_>) -> Option<PromptsConfig> {
    let dir = root.or("dir", "../prompts".to_owned(), Value::text);
    let dir = dir.map(|dir| root.reading().resolve(dir));
    let packs = root.child("packs");
    let read = LANGUAGES
        .map(|(code, language)| (language, packs.may(code, |value| pack_folder(value, dir.as_deref()))));
    packs.finish();
    let engines = engines(root);
    let mut packs = Vec::new();
    for (language, name) in read {
        if let Some(name) = name.ok()? {
            packs.push((language, name));
        }
    }
    Some(PromptsConfig { dir: dir?, packs, engines: engines? })
}

fn pack_folder(value: &Value<'_>, dir: Option<&Path>) -> Result<String, Mistake> {
    let name = value.text()?;
    let Some(dir) = dir.filter(|dir| !dir.join(&name).is_dir()) else { return Ok(name) };
    let entries = fs::read_dir(dir).into_iter().flatten();
    let there: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    let nearest = nearest(&name, there.iter().map(String::as_str)).map(str::to_owned);
    Err(Mistake::NoSuch { what: words::PACK, name, nearest })
}

/// Notes each text of a flow that the pack of its language lacks: found now, not while somebody listens. A
/// language without a pack is not checked; its utterances are refused one by one.
pub fn check_packs(reading: &Reading<'_>, prompts: &PromptsConfig, flows: &FlowsConfig) {
    for (language, name) in &prompts.packs {
        let path = prompts.dir.join(name).join("pack.toml");
        let spot = Spot::default().then("packs").then(language.code());
        let note = |said: String| {
            reading.note_spot("prompts.toml", "prompts", &spot, Mistake::foreign("prompts", said));
        };
        let read = fs::read_to_string(&path).map_err(|fault| fault.to_string());
        match read.and_then(|text| Pack::parse(&text).map_err(|fault| fault.to_string())) {
            Err(said) => note(format!("pack `{name}`: {}: {said}", path.display())),
            Ok(pack) if pack.language() != *language => {
                note(format!("pack `{name}` speaks {}, not {}", pack.language().code(), language.code()));
            }
            Ok(pack) => lacks(&pack, *language, flows).into_iter().for_each(note),
        }
    }
}

fn lacks(pack: &Pack, language: Language, flows: &FlowsConfig) -> Vec<String> {
    let mut said = Vec::new();
    for (flow, checked) in flows {
        let texts = fixed_texts(checked).into_iter().filter(|(of, _)| *of == language);
        let fragments = texts.flat_map(|(_, text)| text_fragments(&text));
        let missing: Vec<String> = fragments
            .filter(|fragment| !pack.has_take(&fragment.words, fragment.at))
            .map(|fragment| format!("«{}»", fragment.words))
            .collect();
        if !missing.is_empty() {
            let code = language.code();
            said.push(format!("the {code} pack lacks what flow `{flow}` says: {}", missing.join(", ")));
        }
    }
    said
}
