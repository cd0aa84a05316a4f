//! `obzvon prompts check`: what each flow lacks in each language, and whether the sound is there and at its level. How
//! well a listener understands it is not measured, and it says so.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Args;

use super::wanted::{Wanted, wanted};
use super::{Places, language, script};
use crate::cli::prompt_folder::PromptFolder;
use crate::domain::Language;
use crate::speech::sound::{TARGET_DBOV, measure};

/// Lists what is missing, by flow and language; exit 1 when anything is.
#[derive(Debug, Args)]
pub struct Check {
    /// ru or en; both when left out.
    #[arg(long)]
    pub(super) lang: Option<String>,
    #[command(flatten)]
    pub(super) places: Places,
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
        println!(
            "Not measured: how well the words are understood. No recogniser looks at them: listen by prompts play."
        );
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

/// Reads every clip of the manifest and listens to its level.
fn report_files(folder: &PromptFolder) -> bool {
    let code = folder.pack().language().code();
    let mut sound = true;
    for clip in folder.pack().ids() {
        match folder.samples(clip).map(|samples| level_fault(&samples)) {
            Ok(None) => {}
            Ok(Some(fault)) => {
                println!("{code} {clip}: {fault}");
                sound = false;
            }
            Err(fault) => {
                println!("{code} {fault:#}");
                sound = false;
            }
        }
    }
    sound
}

/// How far from the pack's level a clip may be, dB; its peak may keep a short one below.
const TOLERANCE_DB: f64 = 6.0;

/// What is wrong with a clip's level. A pause is silence and has none.
fn level_fault(samples: &[i16]) -> Option<String> {
    let measured = measure(samples);
    if measured.clipped > 0 {
        return Some(format!("{} samples clipped", measured.clipped));
    }
    let off = (measured.active_dbov - TARGET_DBOV).abs();
    let silent = measured.peak == 0.0;
    (!silent && off > TOLERANCE_DB)
        .then(|| format!("level {:.1} dBov, the pack's is {TARGET_DBOV}", measured.active_dbov))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_off_the_level_is_named_and_a_pause_is_not() {
        let tone = |amplitude: i16| -> Vec<i16> { [amplitude, -amplitude].repeat(4000) };
        assert_eq!(level_fault(&[0; 800]), None);
        assert_eq!(level_fault(&tone(2_900)), None);
        assert!(level_fault(&tone(300)).expect("too quiet").starts_with("level -40"));
        assert!(level_fault(&[i16::MAX; 800]).expect("clipped").ends_with("clipped"));
    }
}
