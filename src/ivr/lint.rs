//! Words that a text should not say: threats anywhere, anything of a debt before the person is known.

use std::collections::BTreeMap;

use super::flow::Flow;
use super::mistake::{Told, told};
use super::step::Plays;
use super::template::Piece;
use super::wording::Prompt;
use crate::domain::{Language, Notice};

/// The beginnings of words and phrases to look for in one language.
///
/// The file has one a line under the headings `[threat]`, `[disclosure]` and those of the notices, `[name]`, `[robot]`, `[recording]`; `#` opens a
/// comment. `суд` finds «суд» and «судебный», not «посуда»; `court$` finds the whole word alone, not "courtesy".
#[derive(Clone, Debug)]
pub struct WordList {
    language: Language,
    sections: BTreeMap<String, Vec<Sought>>,
}

/// Words to look for: as they stand, or as the beginning of a word.
#[derive(Clone, Debug)]
struct Sought {
    words: String,
    whole: bool,
}

/// Something to look at in a flow's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The key of the text, such as `steps.due.say.ru`.
    pub key: String,
    /// What was found and why it matters.
    pub text: Told,
}

const SECTIONS: [&str; 5] = ["threat", "disclosure", "name", "robot", "recording"];

impl WordList {
    /// Reads the text of a word list.
    ///
    /// # Errors
    /// A heading that is not known, or a word under none, with its line.
    pub fn parse(language: Language, text: &str) -> Result<Self, String> {
        let mut sections: BTreeMap<String, Vec<Sought>> = BTreeMap::new();
        let mut current = None;
        for (at, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or("").trim();
            if let Some(heading) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                if !SECTIONS.contains(&heading) {
                    return Err(format!("line {}: [{heading}] is none of {}", at + 1, SECTIONS.join(", ")));
                }
                current = Some(heading.to_owned());
            } else if !line.is_empty() {
                let heading = current.clone().ok_or(format!("line {}: a word under no heading", at + 1))?;
                let sought = Sought { words: folded(line), whole: line.ends_with('$') };
                sections.entry(heading).or_default().push(sought);
            }
        }
        Ok(Self { language, sections })
    }

    /// Everything in `flow` that this list speaks against, in the order of the file.
    pub fn lint(&self, flow: &Flow) -> Vec<Finding> {
        let mut findings = Vec::new();
        for step in &flow.steps {
            for (place, prompt) in step.prompts() {
                let key = format!("steps.{}.{place}.{}", step.name, self.language.code());
                self.lint_prompt(&key, prompt, !step.identified, &mut findings);
                if let Plays::Say { .. } = step.plays {
                    self.lint_notice(&key, prompt, &step.notices, &mut findings);
                }
            }
        }
        if let Some(voicemail) = &flow.voicemail {
            let key = format!("voicemail.say.{}", self.language.code());
            self.lint_prompt(&key, &voicemail.prompt, true, &mut findings);
        }
        findings
    }

    fn lint_prompt(&self, key: &str, prompt: &Prompt, anybody_hears: bool, findings: &mut Vec<Finding>) {
        let mut note = |text: Told| {
            let finding = Finding { key: key.to_owned(), text };
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        };
        for text in self.texts(prompt) {
            for word in self.found(&text, "threat") {
                note(told(
                    format!("{word:?} threatens: offer and invite instead"),
                    format!("{word:?} — угроза: предложите и пригласите"),
                ));
            }
            for word in self.found(&text, "disclosure").filter(|_| anybody_hears) {
                note(told(
                    format!("{word:?} tells of a debt where anybody may hear it"),
                    format!("{word:?} говорит о долге там, где услышит кто угодно"),
                ));
            }
        }
    }

    /// A text that is declared a notice says so in its words.
    fn lint_notice(&self, key: &str, prompt: &Prompt, notices: &[Notice], findings: &mut Vec<Finding>) {
        for notice in notices {
            let section = notice.code();
            if self.texts(prompt).any(|text| self.found(&text, section).next().is_none()) {
                let text = told(
                    format!("is declared the notice {section} and has none of its words"),
                    format!("объявлен уведомлением {section}, но слов его в нём нет"),
                );
                findings.push(Finding { key: key.to_owned(), text });
            }
        }
    }

    /// The fixed words of every wording in this list's language, folded.
    fn texts(&self, prompt: &Prompt) -> impl Iterator<Item = String> {
        let texts = prompt.every_text().filter(|(language, _)| *language == self.language);
        texts.map(|(_, pieces)| {
            let words = pieces.iter().map(|piece| match piece {
                Piece::Words(words) => words.as_str(),
                // A slot parts the words beside it.
                Piece::File(_) | Piece::Slot(_) => "\u{2026}",
            });
            folded(&words.collect::<Vec<_>>().join(" "))
        })
    }

    fn found<'a>(&'a self, text: &'a str, section: &str) -> impl Iterator<Item = &'a str> {
        let stems = self.sections.get(section).into_iter().flatten();
        let there = move |sought: &&Sought| {
            let end = if sought.whole { " " } else { "" };
            format!(" {text} ").contains(&format!(" {}{end}", sought.words))
        };
        stems.filter(there).map(|sought| sought.words.as_str())
    }
}

/// Small letters, ё as е, marks gone, one space between words.
fn folded(text: &str) -> String {
    let text = text.to_lowercase().replace('ё', "е");
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\u{2026}').filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}
