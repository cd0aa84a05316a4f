//! `obzvon flow lint`: the word lists of `config/flows/words` against the texts.

use anyhow::{Context, anyhow};

use super::files::{self, Folder};
use crate::domain::Language;
use crate::ivr::WordList;

/// Lints flows and tells whether nothing was found.
pub fn lint(folder: &Folder, flows: &[String]) -> anyhow::Result<bool> {
    let mut clean = true;
    for path in folder.flow_files(flows)? {
        let flow = match folder.flow(&path)? {
            Ok(flow) => flow,
            Err(mistakes) => {
                files::show(&path, &mistakes);
                clean = false;
                continue;
            }
        };
        for &language in flow.languages() {
            for finding in word_list(folder, language)?.lint(&flow) {
                eprintln!("{}: {}: {}", path.display(), finding.key, finding.text);
                clean = false;
            }
        }
    }
    if clean {
        println!("nothing found");
    }
    Ok(clean)
}

fn word_list(folder: &Folder, language: Language) -> anyhow::Result<WordList> {
    let path = folder.flows().join("words").join(format!("{}.txt", language.code()));
    let text = files::read(&path)?;
    WordList::parse(language, &text).map_err(|why| anyhow!(why)).with_context(|| path.display().to_string())
}
