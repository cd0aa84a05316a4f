//! What a pack must hold: the slots' fragments, the flows' sentences, the fixed words.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::Places;
use crate::domain::Language;
use crate::ivr::{self, Flow, Policy};
use crate::speech::{ClipId, Fragment, Intonation, slot_compounds, slot_fragments, text_fragments};

/// One clip that a pack must hold, or may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub id: ClipId,
    pub fragment: Fragment,
    /// What the speaker reads, where it is not the words themselves.
    pub read: Option<String>,
    /// `slots`, `compounds`, `words`, or the flow's name.
    pub needed_by: String,
}

impl Wanted {
    fn new(fragment: Fragment, read: Option<String>, needed_by: &str) -> Self {
        let id = ClipId::of(&fragment.words, fragment.at);
        Self { id, fragment, read, needed_by: needed_by.to_owned() }
    }

    /// A pack without it still says everything, with one joint more.
    pub fn is_optional(&self) -> bool {
        self.needed_by == COMPOUNDS
    }
}

const COMPOUNDS: &str = "compounds";

/// Everything wanted in one language, each clip once, slots first.
pub fn wanted(language: Language, places: &Places) -> anyhow::Result<Vec<Wanted>> {
    let mut all: Vec<Wanted> = Vec::new();
    all.extend(slot_fragments(language).into_iter().map(|fragment| Wanted::new(fragment, None, "slots")));
    all.extend(slot_compounds(language).into_iter().map(|fragment| Wanted::new(fragment, None, COMPOUNDS)));
    all.extend(fixed_words(language, &places.prompts.join("words.txt"))?);
    for (flow, texts) in flow_texts(&places.flows)? {
        let texts = texts.iter().filter(|(of, _)| *of == language);
        let fragments = texts.flat_map(|(_, text)| text_fragments(text));
        all.extend(fragments.map(|fragment| Wanted::new(fragment, None, &flow)));
    }
    let mut seen = HashSet::new();
    all.retain(|wanted| seen.insert((wanted.id.clone(), wanted.fragment.words.to_lowercase())));
    Ok(all)
}

/// The fixed texts of every flow file in the folder, by flow.
pub fn flow_texts(folder: &Path) -> anyhow::Result<BTreeMap<String, Vec<(Language, String)>>> {
    let mut texts = BTreeMap::new();
    for file in flow_files(folder)? {
        let text = std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        let mistake = |mistakes: &[String]| anyhow::anyhow!("{}: {}", file.display(), mistakes.join("; "));
        let read = ivr::read(&text).map_err(|m| mistake(&[m.to_string()]))?;
        let flow = Flow::check(&read, &Policy::default(), &BTreeSet::new())
            .map_err(|all| mistake(&all.iter().map(ToString::to_string).collect::<Vec<_>>()))?;
        texts.insert(flow.name().to_owned(), ivr::fixed_texts(&flow));
    }
    Ok(texts)
}

fn flow_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let listing = || format!("listing the flows in {}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(listing)? {
        let path = entry.with_context(listing)?.path();
        if path.extension().is_some_and(|ext| ext == "yaml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The names among the fixed words, such as creditors': every word of theirs has a capital.
///
/// # Errors
/// When the file cannot be read or has another shape.
pub fn names(prompts: &Path) -> anyhow::Result<Vec<String>> {
    let file = prompts.join("words.txt");
    let mut names = Vec::new();
    for language in [Language::Ru, Language::En] {
        let words = fixed_words(language, &file)?.into_iter().map(|wanted| wanted.fragment.words);
        names.extend(words.filter(|name| name.split(' ').all(|word| word.starts_with(char::is_uppercase))));
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// Reads `words.txt`. No file is no words.
fn fixed_words(language: Language, file: &Path) -> anyhow::Result<Vec<Wanted>> {
    if !file.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let mut wanted = Vec::new();
    for (number, line) in
        text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
    {
        let fields = line.split_once(": ").and_then(|(code, rest)| Some((Language::parse(code)?, rest)));
        let Some((of, rest)) = fields else {
            bail!("{} line {}: \"ru: words\" or \"en: words = reading\"", file.display(), number + 1);
        };
        let (words, read) = match rest.split_once(" = ") {
            Some((words, read)) => (words, Some(read.to_owned())),
            None => (rest, None),
        };
        if of == language {
            for at in [Intonation::Mid, Intonation::End] {
                let fragment = Fragment { words: words.to_owned(), at };
                wanted.push(Wanted::new(fragment, read.clone(), "words"));
            }
        }
    }
    Ok(wanted)
}
