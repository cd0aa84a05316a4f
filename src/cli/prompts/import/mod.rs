//! `obzvon prompts import`: takes a speaker's recordings into a pack.

mod ears;
mod manifest;
mod names;
mod staged;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, ensure};
use clap::Args;

pub use self::ears::TAKEN;
use self::ears::{no_sound, refusal, remarks};
use self::manifest::Manifest;
use self::staged::Staged;
use super::wanted::{Wanted, wanted};
use super::{Places, language};
use crate::cli::screen_language::screen_language;
use crate::domain::Language;
use crate::speech::Pack;
use crate::speech::sound::{NoSound, RATE, TARGET_DBOV, for_telephone, in_band, measure, parse_wav};

/// Takes recordings named as `prompts script` names them: checks, trims, levels, and puts them into the pack.
///
/// What came takes the place of what the pack had, the rest stays. Nothing is taken while two files say the same words or
/// recordings lie in folders within the folder. Exit 1 then, when a file was refused or passed over, when nothing was taken, and
/// when a pack begun anew is not put in place.
#[derive(Debug, Args)]
pub struct Import {
    #[arg(help = format!("The folder of the recordings: {TAKEN}"))]
    recordings: PathBuf,
    /// The pack and the language of the screen, ru or en; the Russian pack and the locale's when left out.
    #[arg(long)]
    lang: Option<String>,
    /// Whose voice it is, for the manifest.
    #[arg(long)]
    voice: String,
    /// Begins the pack anew: nothing of the old one stays. It is put in place when it lacks nothing; the old one is kept
    /// beside as LANG.before.
    #[arg(long)]
    anew: bool,
    /// Puts a pack begun anew in place though it lacks clips.
    #[arg(long, requires = "anew")]
    unfinished: bool,
    /// Reports only; writes nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    places: Places,
}

/// The pause at a comma and between sentences, in samples of 8 kHz.
const PAUSES: [(&str, usize); 2] = [(Pack::SHORT_PAUSE, 1440), (Pack::LONG_PAUSE, 3600)];

/// Two minutes of two channels at 192 kHz and 32 bits, bytes: the longest sound that is read.
const LARGEST: u64 = 120 * 2 * 192_000 * 4 + 10_000;

impl Import {
    /// Takes a whole folder for a language, in the place of all that was there.
    pub(super) fn whole(recordings: PathBuf, language: Language, voice: String, places: Places) -> Self {
        let lang = Some(language.code().to_owned());
        Self { recordings, lang, voice, anew: true, unfinished: false, dry_run: false, places }
    }

    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let asked = self.lang.as_deref().map(language).transpose()?;
        let (language, screen) = (asked.unwrap_or(Language::Ru), screen_language(asked));
        let all = wanted(language, &self.places)?;
        let folder = self.places.prompts.join(language.code());
        let old = old_manifest(&folder, language)?;
        let mut pack = if self.anew { Manifest::new(language) } else { old.clone() };
        let (mut staged, mut taken) = (Staged::new(&folder), 0);
        let sounds = names::sounds(&self.recordings)?;
        let odd = names::oddities(&sounds, all.iter().map(|wanted| wanted.id.as_str()));
        let passed_over = screen.pick("passed over", "пропущен");
        odd.strays.iter().for_each(|stray| println!("{passed_over} {}", stray.of(screen)));
        if !odd.doubts.is_empty() {
            odd.doubts.iter().for_each(|doubt| println!("{}", doubt.of(screen)));
            println!("{}", nothing_taken(screen));
            return Ok(ExitCode::from(1));
        }
        let mut bad = odd.strays.len();
        let (mut rates, mut levels) = (BTreeMap::new(), Vec::new());
        for wanted in all.iter() {
            let file = self.recordings.join(format!("{}.wav", wanted.id));
            if !file.exists() {
                continue;
            }
            match take(&file, &wanted.fragment.words, screen) {
                Ok((clip, Heard { rate, level })) => {
                    *rates.entry(rate).or_insert(0) += 1;
                    levels.push(level);
                    staged.add(wanted.id.as_str(), clip);
                    pack.put(wanted.id.as_str(), &wanted.fragment, &self.voice);
                    taken += 1;
                }
                Err(fault) => {
                    println!("{} {fault:#}", screen.pick("refused", "не принят"));
                    bad += 1;
                }
            }
        }
        let needed = |wanted: &&Wanted| !wanted.is_optional() && !pack.has(wanted.id.as_str());
        let lacking = all.iter().filter(needed).count();
        rates.remove(&RATE);
        for (rate, files) in rates {
            println!(
                "{}",
                match screen {
                    Language::En => format!("{files} of {rate} Hz brought to {RATE}"),
                    Language::Ru => format!("{files} из {rate} Гц приведены к {RATE}"),
                }
            );
        }
        if let Some(told) = levels_text(levels, screen) {
            println!("{told}");
        }
        println!("{}", counts_text((taken, bad, lacking), screen));
        if let Some(why) = self.why_not(taken, lacking, screen) {
            println!("{why}");
            return Ok(ExitCode::from(1));
        }
        if !self.dry_run {
            for (pause, samples) in PAUSES {
                if pack.put_pause(pause) || !folder.join(format!("{pause}.wav")).exists() {
                    staged.add(pause, vec![0; samples]);
                }
            }
            for (voice, clips) in pack.settle_voices() {
                println!(
                    "{}",
                    match screen {
                        Language::En => format!(
                            "clips of another voice, {voice}: {clips}; obzvon flow lint tells where two voices would meet in a sentence"
                        ),
                        Language::Ru => format!(
                            "клипов другого голоса, {voice}: {clips}; где два голоса встретились бы в одной фразе, говорит obzvon flow lint"
                        ),
                    }
                );
            }
            if self.anew {
                staged.commit_anew(&pack.text()?)?;
            } else {
                staged.commit(&pack.text()?, &old.ids_gone_in(&pack))?;
            }
        }
        Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }

    /// Why the pack stays as it is.
    fn why_not(&self, taken: usize, lacking: usize, screen: Language) -> Option<&'static str> {
        if taken == 0 {
            return Some(nothing_taken(screen));
        }
        let unfinished = self.anew && !self.unfinished && lacking > 0;
        unfinished.then_some(screen.pick(
            "the new pack lacks clips: the old one stays; --unfinished puts the new one in place all the same",
            "в новом наборе не хватает клипов: остаётся прежний; --unfinished поставит новый всё равно",
        ))
    }
}

fn nothing_taken(screen: Language) -> &'static str {
    screen.pick("nothing was taken: the pack stays as it is", "ничего не взято: набор остался прежним")
}

fn counts_text((taken, bad, lacking): (usize, usize, usize), screen: Language) -> String {
    let lists = |hint| if lacking > 0 { hint } else { "" };
    match screen {
        Language::En => format!(
            "{taken} taken, {bad} refused, {lacking} missing{}",
            lists(" (obzvon prompts check lists them)")
        ),
        Language::Ru => format!(
            "взято {taken}, не принято {bad}, не хватает {lacking}{}",
            lists(" (их перечислит obzvon prompts check)")
        ),
    }
}

/// How loud the recordings were before they were brought to one level.
fn levels_text(mut levels: Vec<f64>, screen: Language) -> Option<String> {
    levels.sort_by(f64::total_cmp);
    let (least, most) = (levels.first()?, levels.last()?);
    let middle = levels[levels.len() / 2];
    Some(match screen {
        Language::En => format!(
            "levels as recorded: {least:.0} to {most:.0} dBov, median {middle:.0}; brought to {TARGET_DBOV}"
        ),
        Language::Ru => format!(
            "уровни записей: от {least:.0} до {most:.0} дБ, медиана {middle:.0}; приведены к {TARGET_DBOV}"
        ),
    })
}

/// How a recording was.
struct Heard {
    /// Hz.
    rate: u32,
    /// Active level, dB below full scale.
    level: f64,
}

/// The pack as it stands; an empty one where there is none.
fn old_manifest(folder: &Path, language: Language) -> anyhow::Result<Manifest> {
    let file = folder.join("pack.toml");
    if !file.exists() {
        return Ok(Manifest::new(language));
    }
    let reading = || format!("reading {}", file.display());
    let manifest =
        Manifest::parse(&std::fs::read_to_string(&file).with_context(reading)?).with_context(reading)?;
    ensure!(manifest.language == language.code(), "{} is of another language", file.display());
    Ok(manifest)
}

/// Reports on one recording and makes a clip of it; gives how it was, too.
fn take(file: &Path, words: &str, screen: Language) -> anyhow::Result<(Vec<i16>, Heard)> {
    let name = || file.display().to_string();
    // A pipe or a device may never end.
    let kind = std::fs::metadata(file).with_context(name)?;
    if !kind.is_file() || kind.len() > LARGEST {
        let largest = LARGEST / 1_000_000;
        let why = match screen {
            Language::En => format!("no file of at most {largest} MB"),
            Language::Ru => format!("это не файл до {largest} МБ"),
        };
        return Err(anyhow!(why)).with_context(name);
    }
    let silent = |why: NoSound| anyhow!(no_sound(&why, screen)).context(name());
    let recording = parse_wav(&std::fs::read(file).with_context(name)?).map_err(silent)?;
    let clip = for_telephone(&recording).map_err(silent)?;
    if let Some(why) = refusal(&recording, &clip, screen) {
        return Err(anyhow!(why)).with_context(name);
    }
    let remarks = remarks(&recording, &clip, words, screen);
    if !remarks.is_empty() {
        println!("{}: {}", file.display(), remarks.join("; "));
    }
    let level = measure(&in_band(&recording)).active_dbov;
    Ok((clip, Heard { rate: recording.rate, level }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::prompt_folder::{PromptFolder, write_samples};
    use crate::domain::utterance::Case;
    use crate::domain::{Currency, Money, Part, Utterance};
    use crate::speech::speak;

    const SHIPPED: &str = env!("CARGO_MANIFEST_DIR");

    /// A pack of the shipped Russian clips' names and words, and an import of `recordings` into it.
    fn import(scratch: &Path, anew: bool) -> Import {
        let (shipped, prompts) = (Path::new(SHIPPED).join("prompts/ru"), scratch.join("prompts"));
        if !prompts.exists() {
            std::fs::create_dir_all(prompts.join("ru")).expect("a folder");
            for entry in std::fs::read_dir(shipped).expect("the shipped pack") {
                let from = entry.expect("a file").path();
                let name = from.file_name().expect("a name");
                std::fs::copy(&from, prompts.join("ru").join(name)).expect("a copy");
            }
        }
        std::fs::create_dir_all(scratch.join("recordings")).expect("a folder");
        let places = Places { flows: Path::new(SHIPPED).join("config/flows"), prompts };
        let (lang, voice) = (Some("ru".to_owned()), "A. Speaker".to_owned());
        Import {
            recordings: scratch.join("recordings"),
            lang,
            voice,
            anew,
            unfinished: false,
            dry_run: false,
            places,
        }
    }

    /// A second that swells and falls as a voice does.
    fn record(scratch: &Path, name: &str) {
        let wave = |n: i32| ((n as f32 * 0.4).sin() * (n as f32 / 900.0).sin().abs() * 9000.0) as i16;
        let samples: Vec<i16> = (0..8000).map(wave).collect();
        write_samples(&scratch.join("recordings").join(name), &samples).expect("a recording");
    }

    fn files_of(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("the folder");
        let mut files: Vec<_> =
            entries.map(|entry| entry.expect("a file").file_name().into_string().expect("a name")).collect();
        files.sort();
        files
    }

    fn says_a_sum(import: &Import) -> bool {
        let folder = PromptFolder::open(&import.places.prompts, Language::Ru).expect("a pack");
        let sum = Part::Money { amount: Money::new(100, Currency::Rub), case: Case::Nominative };
        speak(&Utterance { language: Language::Ru, parts: vec![sum] }, folder.pack()).is_ok()
    }

    #[test]
    fn one_clip_recorded_again_takes_its_place_and_the_rest_of_the_pack_stays() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let import = import(scratch.path(), false);
        let pack = import.places.prompts.join("ru");
        let files = || std::fs::read_dir(&pack).expect("the pack").count();
        let (before, clip) = (files(), pack.join("odin-end.wav"));
        let old = std::fs::read(&clip).expect("the clip");
        record(scratch.path(), "odin-end.wav");
        assert_eq!(import.run().expect("imported"), ExitCode::SUCCESS);
        assert!(says_a_sum(&import));
        assert_ne!(std::fs::read(&clip).expect("the clip"), old);
        assert_eq!(files(), before, "nothing is left over, nothing has gone");
        let manifest = std::fs::read_to_string(pack.join("pack.toml")).expect("the manifest");
        assert!(
            manifest.contains("voice = \"festvox-ru")
                && manifest.ends_with("[other_voices]\nodin-end = \"A. Speaker\"\n"),
            "whose voice it is stands by the clip"
        );
    }

    #[test]
    fn a_pipe_among_the_recordings_is_refused_and_not_waited_for() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let pipe = scratch.path().join("odin-end.wav");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
        let fault = take(&pipe, "один", Language::En).err().expect("it would never end");
        assert!(format!("{fault:#}").contains("no file of at most"), "{fault:#}");
    }

    #[test]
    fn a_refused_recording_and_a_misnamed_one_leave_the_pack_as_it_was() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let import = import(scratch.path(), false);
        let manifest = import.places.prompts.join("ru/pack.toml");
        let before = std::fs::read_to_string(&manifest).expect("the manifest");
        record(scratch.path(), "Odin_End.WAV");
        write_samples(&scratch.path().join("recordings/odin-mid.wav"), &[0; 8000]).expect("silence");
        assert_eq!(import.run().expect("reported"), ExitCode::from(1));
        assert_eq!(std::fs::read_to_string(&manifest).expect("the manifest"), before);
    }

    #[test]
    fn words_recorded_twice_and_recordings_in_a_folder_of_their_own_leave_the_pack_as_it_was() {
        for second in ["Odin End.wav", "second day/dva-end.wav"] {
            let scratch = tempfile::tempdir().expect("a scratch folder");
            let import = import(scratch.path(), false);
            std::fs::create_dir_all(scratch.path().join("recordings/second day")).expect("a folder");
            let clip = import.places.prompts.join("ru/odin-end.wav");
            let before = std::fs::read(&clip).expect("the clip");
            record(scratch.path(), "odin-end.wav");
            record(scratch.path(), second);
            assert_eq!(import.run().expect("reported"), ExitCode::from(1));
            assert_eq!(std::fs::read(&clip).expect("the clip"), before, "{second}");
            std::fs::remove_file(scratch.path().join("recordings").join(second)).expect("removed");
            assert_eq!(import.run().expect("imported"), ExitCode::SUCCESS, "an empty folder is no matter");
        }
    }

    #[test]
    fn a_pack_begun_anew_keeps_nothing_of_the_old_voice() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let import = Import { unfinished: true, ..import(scratch.path(), true) };
        record(scratch.path(), "odin-end.wav");
        let before = files_of(&import.places.prompts.join("ru"));
        assert_eq!(import.run().expect("imported"), ExitCode::SUCCESS);
        let files = files_of(&import.places.prompts.join("ru"));
        assert_eq!(files, ["odin-end.wav", "pack.toml", "pause-long.wav", "pause-short.wav"]);
        assert!(!says_a_sum(&import));
        assert_eq!(files_of(&import.places.prompts.join("ru.before")), before, "the old one is kept");
        assert_eq!(import.run().expect("imported"), ExitCode::SUCCESS);
        assert_eq!(files_of(&import.places.prompts.join("ru.before")), files, "the one before, no older");
    }

    #[test]
    fn a_pack_begun_anew_is_not_put_in_place_with_nothing_taken_nor_while_it_lacks_clips() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let import = import(scratch.path(), true);
        let before = files_of(&import.places.prompts.join("ru"));
        assert_eq!(import.run().expect("reported"), ExitCode::from(1), "an empty folder");
        assert_eq!(files_of(&import.places.prompts.join("ru")), before);
        record(scratch.path(), "odin-end.wav");
        assert_eq!(import.run().expect("reported"), ExitCode::from(1), "one clip of hundreds");
        assert_eq!(files_of(&import.places.prompts.join("ru")), before);
        assert!(says_a_sum(&import));
        let unfinished = Import { unfinished: true, ..import };
        std::fs::remove_file(scratch.path().join("recordings/odin-end.wav")).expect("removed");
        assert_eq!(unfinished.run().expect("reported"), ExitCode::from(1), "nothing is no pack");
        assert_eq!(files_of(&unfinished.places.prompts), ["ru"]);
    }

    #[test]
    fn a_copy_of_a_pack_is_taken_with_its_pauses_passed_by() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let import = import(scratch.path(), false);
        record(scratch.path(), "odin-end.wav");
        write_samples(&scratch.path().join("recordings/pause-short.wav"), &[0; 1440]).expect("a pause");
        assert_eq!(import.run().expect("imported"), ExitCode::SUCCESS);
    }

    #[test]
    fn what_is_missing_is_said_to_be_listed_where_something_is() {
        assert_eq!(counts_text((2, 0, 0), Language::En), "2 taken, 0 refused, 0 missing");
        assert!(
            counts_text((2, 0, 3), Language::En).ends_with("3 missing (obzvon prompts check lists them)")
        );
        assert_eq!(counts_text((2, 1, 0), Language::Ru), "взято 2, не принято 1, не хватает 0");
        let levels = levels_text(vec![-30.2, -20.0, -24.9], Language::En).expect("levels");
        assert_eq!(levels, "levels as recorded: -30 to -20 dBov, median -25; brought to -21");
    }
}
