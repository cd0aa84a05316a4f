//! `obzvon flow lint`: the word lists of `config/flows/words` against the texts, and where two voices would meet in a sentence.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};

use super::files::{self, Folder};
use super::voices::meetings;
use crate::cli::prompts::names;
use crate::config::Config;
use crate::daemon::Packs;
use crate::domain::Language;
use crate::ivr::{Finding, Flow, Known, WordList};

/// Lints flows and tells whether nothing was found.
pub fn lint(folder: &Folder, flows: &[String]) -> anyhow::Result<bool> {
    let language = folder.language();
    let mut clean = true;
    let voices = Voices::of_folder(folder)?;
    for path in folder.flow_files(flows)? {
        let flow = match folder.flow(&path)? {
            Ok(flow) => flow,
            Err(mistakes) => {
                files::show(&path, &mistakes, language);
                clean = false;
                continue;
            }
        };
        for finding in findings(&folder.flows(), &flow, &voices)? {
            eprintln!("{}: {}: {}", path.display(), finding.key, finding.text.of(language));
            clean = false;
        }
    }
    if clean {
        println!(
            "{}",
            match language {
                Language::En => "nothing found",
                Language::Ru => "ничего не найдено",
            }
        );
    }
    Ok(clean)
}

/// What is known of the speech of flows beside their texts: the packs' words and the creditors' names.
#[derive(Debug)]
pub struct Voices {
    packs: Packs,
    creditors: Vec<String>,
}

impl Voices {
    /// Reads the manifests and `words.txt`.
    ///
    /// # Errors
    /// When one of them can't be read.
    pub fn of(config: &Config) -> anyhow::Result<Self> {
        let mut voices = Self::with(Packs::read(&config.prompts)?, &config.prompts.dir)?;
        voices.creditors.extend(config.campaigns.iter().flat_map(|plan| plan.targets.creditors.clone()));
        Ok(voices)
    }

    /// As the folder's configuration has it, or where that is not sound its sound files.
    ///
    /// # Errors
    /// As `of`.
    pub fn of_folder(folder: &Folder) -> anyhow::Result<Self> {
        match folder.config() {
            Some(config) => Self::of(&config),
            None => Self::with(folder.packs(None)?, folder.prompts()),
        }
    }

    fn with(packs: Packs, prompts: &Path) -> anyhow::Result<Self> {
        Ok(Self { packs, creditors: names(prompts)? })
    }
}

/// What the word lists beside the flows speak against in a flow, and where two voices would meet, over its languages.
///
/// # Errors
/// When the list of a language can't be read.
pub fn findings(flows: &Path, flow: &Flow, voices: &Voices) -> anyhow::Result<Vec<Finding>> {
    let words = |language, path: &str| voices.packs.words_of_file(language, path).map(str::to_owned);
    let known = Known { creditors: &voices.creditors, words_of_file: &words };
    let mut all = Vec::new();
    for &language in flow.languages() {
        all.extend(word_list(flows, language)?.lint(flow, &known));
        all.extend(
            voices.packs.of(language).map_or_else(Vec::new, |pack| meetings(flow, pack, &voices.creditors)),
        );
    }
    // Words of a language that the flow does not speak may stand in its texts all the same.
    let others = [Language::Ru, Language::En].into_iter().filter(|other| !flow.languages().contains(other));
    for other in others.filter(|other| list_of(flows, *other).exists()) {
        all.extend(word_list(flows, other)?.lint(flow, &known));
    }
    Ok(all)
}

fn list_of(flows: &Path, language: Language) -> PathBuf {
    flows.join("words").join(format!("{}.txt", language.code()))
}

fn word_list(flows: &Path, language: Language) -> anyhow::Result<WordList> {
    let path = list_of(flows, language);
    let text = files::read(&path)?;
    WordList::parse(language, &text).map_err(|why| anyhow!(why)).with_context(|| path.display().to_string())
}
