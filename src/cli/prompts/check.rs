//! `obzvon prompts check`: what each flow lacks in each language, and whether the sound is there and at its level. How
//! well a listener understands it is not measured, and it says so.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Args;

use super::wanted::{Wanted, wanted};
use super::{Places, language, script};
use crate::cli::prompt_folder::PromptFolder;
use crate::cli::screen_language::screen_language;
use crate::domain::Language;
use crate::speech::sound::{TARGET_DBOV, measure};

/// Lists what is missing, by flow and language; exit 1 when anything is.
#[derive(Debug, Args)]
pub struct Check {
    /// The pack to look at and the language of the screen, ru or en; both packs and the locale's when left out.
    #[arg(long)]
    pub(super) lang: Option<String>,
    #[command(flatten)]
    pub(super) places: Places,
}

impl Check {
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let asked = self.lang.as_deref().map(language).transpose()?;
        let screen = screen_language(asked);
        let languages = asked.map_or_else(|| vec![Language::Ru, Language::En], |language| vec![language]);
        let mut sound = true;
        for language in languages {
            let folder = PromptFolder::open(&self.places.prompts, language)?;
            sound &= report_missing(&wanted(language, &self.places)?, &folder, screen);
            sound &= report_files(&folder, screen);
        }
        println!("{}", not_measured(screen));
        Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

fn not_measured(screen: Language) -> &'static str {
    match screen {
        Language::En => {
            "Not measured: how well the words are understood. No recogniser looks at them: listen by prompts play."
        }
        Language::Ru => {
            "Не измерено, насколько слова разборчивы: распознаватель их не слушал. Послушайте: prompts play."
        }
    }
}

/// Prints what the pack lacks by what needs it. Whether it lacks nothing that must be there.
fn report_missing(all: &[Wanted], folder: &PromptFolder, screen: Language) -> bool {
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
        println!("{}", need_text((code, need), clips - missing.len(), *clips, screen));
        missing.iter().for_each(|wanted| println!("  {}", missing_text(wanted, screen)));
    }
    by_need.values().all(|(_, missing)| missing.iter().all(|wanted| wanted.is_optional()))
}

fn need_text((code, need): (&str, &str), there: usize, clips: usize, screen: Language) -> String {
    match screen {
        Language::En => format!("{code} {need}: {there} of {clips} clips"),
        Language::Ru => format!("{code} {need}: клипов {there} из {clips}"),
    }
}

fn missing_text(wanted: &Wanted, screen: Language) -> String {
    let (lacks, may) = match screen {
        Language::En => ("missing", " (may be left out)"),
        Language::Ru => ("нет", " (можно обойтись)"),
    };
    let (at, may) = (script::at(wanted.fragment.at), if wanted.is_optional() { may } else { "" });
    format!("{lacks} {}.wav [{at}] {}{may}", wanted.id, wanted.fragment.words)
}

/// Reads every clip of the manifest and listens to its level.
fn report_files(folder: &PromptFolder, screen: Language) -> bool {
    let code = folder.pack().language().code();
    let mut sound = true;
    for clip in folder.pack().ids() {
        match folder.samples(clip).map(|samples| level_fault(&samples, screen)) {
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
fn level_fault(samples: &[i16], screen: Language) -> Option<String> {
    let measured = measure(samples);
    if measured.clipped > 0 {
        return Some(match screen {
            Language::En => format!("{} samples clipped", measured.clipped),
            Language::Ru => format!("перегружено отсчётов: {}", measured.clipped),
        });
    }
    let off = (measured.active_dbov - TARGET_DBOV).abs();
    let silent = measured.peak == 0.0;
    let level = measured.active_dbov;
    (!silent && off > TOLERANCE_DB).then(|| match screen {
        Language::En => format!("level {level:.1} dBov, the pack's is {TARGET_DBOV}"),
        Language::Ru => format!("уровень {level:.1} дБ, у набора {TARGET_DBOV}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clip_off_the_level_is_named_and_a_pause_is_not() {
        let tone = |amplitude: i16| -> Vec<i16> { [amplitude, -amplitude].repeat(4000) };
        let fault = |samples: &[i16]| level_fault(samples, Language::En);
        assert_eq!(fault(&[0; 800]), None);
        assert_eq!(fault(&tone(2_900)), None);
        assert!(fault(&tone(300)).expect("too quiet").starts_with("level -40"));
        assert!(fault(&[i16::MAX; 800]).expect("clipped").ends_with("clipped"));
        let russian = level_fault(&tone(300), Language::Ru).expect("too quiet");
        assert!(russian.starts_with("уровень -40") && russian.ends_with("у набора -21"), "{russian}");
    }
}
