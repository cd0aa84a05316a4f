//! `obzvon flow lint`: the word lists of `config/flows/words` against the texts.

use std::path::Path;

use anyhow::{Context, anyhow};

use super::files::{self, Folder};
use crate::domain::Language;
use crate::ivr::{Finding, Flow, WordList};

/// Lints flows and tells whether nothing was found.
pub fn lint(folder: &Folder, flows: &[String]) -> anyhow::Result<bool> {
    let language = folder.language();
    let mut clean = true;
    for path in folder.flow_files(flows)? {
        let flow = match folder.flow(&path)? {
            Ok(flow) => flow,
            Err(mistakes) => {
                files::show(&path, &mistakes, language);
                clean = false;
                continue;
            }
        };
        for finding in findings(&folder.flows(), &flow)? {
            eprintln!("{}: {}: {}", path.display(), finding.key, finding.text.in_language(language));
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

/// What the word lists beside the flows speak against in a flow, over its languages.
///
/// # Errors
/// When the list of a language can't be read.
pub fn findings(flows: &Path, flow: &Flow) -> anyhow::Result<Vec<Finding>> {
    let mut all = Vec::new();
    for &language in flow.languages() {
        all.extend(word_list(flows, language)?.lint(flow));
    }
    Ok(all)
}

fn word_list(flows: &Path, language: Language) -> anyhow::Result<WordList> {
    let path = flows.join("words").join(format!("{}.txt", language.code()));
    let text = files::read(&path)?;
    WordList::parse(language, &text).map_err(|why| anyhow!(why)).with_context(|| path.display().to_string())
}
