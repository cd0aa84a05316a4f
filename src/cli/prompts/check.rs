//! `obzvon prompts check`: what each flow lacks in each language, and whether the sound is there.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Args;

use super::wanted::{Wanted, wanted};
use super::{Places, language, script};
use crate::cli::prompt_folder::PromptFolder;
use crate::domain::Language;

/// Lists what is missing, by flow and language; exit 1 when anything is.
#[derive(Debug, Args)]
pub struct Check {
    /// ru or en; both when left out.
    #[arg(long)]
    lang: Option<String>,
    #[command(flatten)]
    places: Places,
}

impl Check {
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let languages = match &self.lang {
            Some(code) => vec![language(code)?],
            None => vec![Language::Ru, Language::En],
        };
        let mut sound = true;
        for language in languages {
            let folder = PromptFolder::open(&self.places.prompts, language)?;
            sound &= report_missing(&wanted(language, &self.places)?, &folder);
            sound &= report_files(&folder);
        }
        Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

/// Prints what the pack lacks by what needs it. Whether it lacks nothing that must be there.
fn report_missing(all: &[Wanted], folder: &PromptFolder) -> bool {
    let code = folder.pack().language().code();
    let mut by_need: BTreeMap<&str, (usize, Vec<&Wanted>)> = BTreeMap::new();
    for wanted in all {
        let (clips, missing) = by_need.entry(&wanted.needed_by).or_default();
        *clips += 1;
        if !folder.pack().has_take(&wanted.fragment.words, wanted.fragment.at) {
            missing.push(wanted);
        }
    }
    for (need, (clips, missing)) in &by_need {
        println!("{code} {need}: {} of {clips} clips", clips - missing.len());
        for wanted in missing {
            let may = if wanted.is_optional() { " (may be left out)" } else { "" };
            let at = script::at(wanted.fragment.at);
            println!("  missing {}.wav [{at}] {}{may}", wanted.id, wanted.fragment.words);
        }
    }
    by_need.values().all(|(_, missing)| missing.iter().all(|wanted| wanted.is_optional()))
}

/// Reads every clip of the manifest.
fn report_files(folder: &PromptFolder) -> bool {
    let mut sound = true;
    for clip in folder.pack().ids() {
        if let Err(fault) = folder.samples(clip) {
            println!("{} {fault:#}", folder.pack().language().code());
            sound = false;
        }
    }
    sound
}
