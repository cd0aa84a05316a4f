//! `prompts.toml`: where the recorded speech is.

use super::plan::PromptsConfig;
use super::read::{Mistake, Section, Value, nearest, words};
use super::trunks::LANGUAGES;

/// Reads the file's root; a pack's folder has to exist.
pub fn prompts(root: &Section<'_>) -> Option<PromptsConfig> {
    let dir = root.or("dir", "../prompts".to_owned(), Value::text);
    let dir = dir.map(|dir| root.reading().resolve(dir));
    let packs = root.child("packs");
    let read = LANGUAGES.map(|(code, language)| {
        (
            language,
            packs.may(code, |value| {
                let name = value.text()?;
                match &dir {
                    Some(dir) if !dir.join(&name).is_dir() => {
                        let there = std::fs::read_dir(dir).into_iter().flatten();
                        let there: Vec<String> =
                            there.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
                        let nearest = nearest(&name, there.iter().map(String::as_str));
                        Err(Mistake::NoSuch { what: words::PACK, name, nearest })
                    }
                    _ => Ok(name),
                }
            }),
        )
    });
    packs.finish();
    let mut packs = Vec::new();
    for (language, name) in read {
        if let Some(name) = name.ok()? {
            packs.push((language, name));
        }
    }
    Some(PromptsConfig { dir: dir?, packs })
}
