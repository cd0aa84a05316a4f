//! The library of announcements as a file: read, and filled with a centre's own recordings.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};

use super::listening::Listening;
use super::{learning, sound_file};
use crate::detect::{DetectorPlan, Entry, Library, LibraryError};
use crate::domain::verdict::{Heard, Verdict};
use crate::domain::{Announcement, Language};

/// Reads the file, if one is named; one that is `to_be_made` may be missing.
///
/// # Errors
/// When it cannot be read or holds something else.
pub(super) fn read(path: Option<&Path>, to_be_made: bool) -> anyhow::Result<Library> {
    let Some(path) = path else { return Ok(Library::default()) };
    match std::fs::read_to_string(path) {
        Ok(text) => Library::parse(&text).with_context(|| path.display().to_string()),
        Err(fault) if to_be_made && fault.kind() == ErrorKind::NotFound => Ok(Library::default()),
        Err(fault) => Err(fault).with_context(|| path.display().to_string()),
    }
}

/// Adds recordings under a name (a second one as NAME-2), each that is not known yet; gives a line a recording, which says,
/// too, when it sounds like a person's. What the file says already, comments too, stays as it is.
///
/// # Errors
/// Before anything is written: the first recording that cannot be read, is too short, is a tone, music or silence, or sounds
/// like an announcement that tells something else.
pub(super) fn learn(
    path: &Path,
    mut library: Library,
    (name, says): (&str, Announcement),
    files: &[PathBuf],
    language: Language,
) -> anyhow::Result<Vec<String>> {
    let (mut told, mut added) = (Vec::new(), String::new());
    for file in files {
        let shown = file.display();
        let samples =
            sound_file::read(file).map_err(|fault| anyhow!("{shown}: {}", fault.words(language)))?;
        match known_as(&samples, &library) {
            Some(known) if known == says => told.push(format!("{shown}: {}", learning::known(language))),
            Some(known) => bail!("{shown}: {}", learning::another(known, language)),
            None => {
                let doubt = doubt(&samples, language).with_context(|| shown.to_string())?;
                let name = free_name(&library, name);
                let refused =
                    |fault: LibraryError| anyhow!("{shown}: {}", learning::refused(&fault, language));
                let entry = Entry::of(says, &name, &samples).map_err(refused)?;
                told.push(format!("{shown}: {} {name}{doubt}", says.code()));
                added.push_str(&format!("{entry}\n"));
                library.add(entry).map_err(refused)?;
            }
        }
    }
    let mut text = std::fs::read_to_string(path).unwrap_or_default();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&added);
    std::fs::write(path, text).with_context(|| path.display().to_string())?;
    Ok(told)
}

/// What to say of a recording that may be none of an operator: nothing, or that it sounds like a person's.
///
/// # Errors
/// When it is surely none: learnt, it would end calls that only ring, or wait.
fn doubt(samples: &[i16], language: Language) -> anyhow::Result<&'static str> {
    match Listening::to(samples, &DetectorPlan::default()).last.verdict {
        Verdict::Human => Ok(learning::person(language)),
        Verdict::Machine | Verdict::Sit | Verdict::Unsure => Ok(""),
        other @ (Verdict::Busy
        | Verdict::Congestion
        | Verdict::Fax
        | Verdict::Music
        | Verdict::Ringback
        | Verdict::Silence) => bail!(learning::none(other, language)),
    }
}

fn known_as(samples: &[i16], library: &Library) -> Option<Announcement> {
    let plan = DetectorPlan { library: library.clone().into(), ..DetectorPlan::default() };
    Listening::to(samples, &plan).events.iter().find_map(|heard| match heard {
        Heard::Announced { says, .. } => Some(*says),
        Heard::BeepEnded { .. }
        | Heard::BeepStarted { .. }
        | Heard::FellSilent { .. }
        | Heard::SpokeAgain { .. }
        | Heard::Verdict { .. } => None,
    })
}

fn free_name(library: &Library, name: &str) -> String {
    let taken = |name: &str| library.entries().iter().any(|entry| entry.name == name);
    let more = (2..).map(|n| format!("{name}-{n}"));
    std::iter::once(name.to_owned()).chain(more).find(|name| !taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Codec;
    use crate::media::g711;

    /// Every recording of both packs, by its file.
    fn prompts() -> Vec<(PathBuf, Vec<i16>)> {
        let folders = ["prompts/ru", "prompts/en"].map(|folder| std::fs::read_dir(folder).unwrap());
        let mut files: Vec<PathBuf> =
            folders.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.into_iter().filter_map(|path| Some((path.clone(), sound_file::read(&path).ok()?))).collect()
    }

    /// Sentences of the packs in the place of announcements: no menus ("nazhmite…"), whose
    /// phrases are one recording in many sentences.
    fn sentences() -> Vec<(PathBuf, Vec<i16>)> {
        let of_a_menu = |path: &Path| {
            let name = path.to_string_lossy();
            ["naz", "vvedite", "press", "enter"].iter().any(|word| name.contains(word))
        };
        let long = |samples: &[i16]| samples.len() > 8 * 2700;
        prompts().into_iter().filter(|(path, samples)| long(samples) && !of_a_menu(path)).collect()
    }

    fn library_of(sentence: &(PathBuf, Vec<i16>)) -> Library {
        let mut library = Library::default();
        library.add(Entry::of(Announcement::SwitchedOff, "off", &sentence.1).unwrap()).unwrap();
        library
    }

    fn heard(samples: &[i16], library: &Library) -> Option<u32> {
        let plan = DetectorPlan { library: library.clone().into(), ..DetectorPlan::default() };
        Listening::to(samples, &plan).events.iter().find_map(|heard| match heard {
            Heard::Announced { at_ms, .. } => Some(*at_ms),
            _ => None,
        })
    }

    /// As another line brings it: later, louder or fainter, through a codec.
    fn sent(samples: &[i16], later: usize, db: f32, codec: Codec) -> Vec<i16> {
        let gain = 10_f32.powf(db / 20.0);
        let louder = samples.iter().map(|x| (f32::from(*x) * gain).clamp(-32_000.0, 32_000.0) as i16);
        let line = std::iter::repeat_n(0, later).chain(louder);
        line.map(|x| g711::decode(codec, g711::encode(codec, x))).collect()
    }

    #[test]
    fn a_learnt_announcement_is_known_in_little_more_than_two_seconds_whatever_its_level_start_and_codec() {
        let sentences = sentences();
        assert!(sentences.len() >= 8, "{}", sentences.len());
        for (n, sentence) in sentences.iter().enumerate() {
            let library = library_of(sentence);
            for (later, db, codec) in
                [(40, -6.0, Codec::Pcma), (880, 6.0, Codec::Pcmu), (4_999, 0.0, Codec::Pcma)]
            {
                let at_ms = heard(&sent(&sentence.1, later, db, codec), &library);
                let began_ms = later as u32 / 8;
                let known = at_ms.is_some_and(|at_ms| at_ms - began_ms <= 2_600);
                assert!(known, "{n}: {} {later} {db}: {at_ms:?}", sentence.0.display());
            }
        }
    }

    #[test]
    fn no_other_recording_of_the_packs_is_taken_for_an_announcement() {
        let (prompts, sentences) = (prompts(), sentences());
        let mut library = Library::default();
        for (n, (_, samples)) in sentences.iter().enumerate() {
            library.add(Entry::of(Announcement::NotInService, &format!("n{n}"), samples).unwrap()).unwrap();
        }
        for (path, samples) in prompts.iter().filter(|(path, _)| sentences.iter().all(|(of, _)| of != path)) {
            assert_eq!(heard(samples, &library), None, "{}", path.display());
        }
    }

    /// `OBZVON_LABELLED` names a table of labelled recordings; without it there is nothing to hear.
    #[test]
    fn no_labelled_recording_is_taken_for_a_sentence_of_ours() {
        let Ok(table) = std::env::var("OBZVON_LABELLED") else { return };
        let mut library = Library::default();
        for (n, (_, samples)) in sentences().iter().enumerate() {
            library.add(Entry::of(Announcement::NotInService, &format!("n{n}"), samples).unwrap()).unwrap();
        }
        for label in super::super::manifest::read(Path::new(&table)).unwrap() {
            let samples = sound_file::read(&label.path).unwrap();
            assert_eq!(heard(&samples, &library), None, "{}", label.path.display());
        }
    }

    #[test]
    fn what_was_learnt_stands_in_the_file_once_and_a_second_meaning_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("announcements.txt");
        std::fs::write(&path, "# ours").unwrap();
        let files: Vec<PathBuf> = sentences().into_iter().take(2).map(|(path, _)| path).collect();
        let learn = |says, files: &[PathBuf]| {
            learn(&path, read(Some(&path), true).unwrap(), ("line", says), files, Language::En)
        };
        assert_eq!(learn(Announcement::SwitchedOff, &files).unwrap().len(), 2);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# ours\nswitched_off line "), "{text}");
        assert!(text.contains("\nswitched_off line-2 "), "{text}");
        assert!(learn(Announcement::SwitchedOff, &files).unwrap()[0].ends_with("known already"));
        let refused = learn(Announcement::NotInService, &files).unwrap_err().to_string();
        assert!(refused.contains("announcement: switched off"), "{refused}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }

    #[test]
    fn a_word_alone_is_too_short_to_be_learnt() {
        let folder = tempfile::tempdir().unwrap();
        let word = PathBuf::from("prompts/ru/zdravstvujte-end.wav");
        for (language, said) in
            [(Language::En, "frames of 20 ms that sound"), (Language::Ru, "слишком коротко — звучит")]
        {
            let path = folder.path().join("a.txt");
            let refusal = learn(
                &path,
                Library::default(),
                ("word", Announcement::Busy),
                std::slice::from_ref(&word),
                language,
            );
            let refusal = refusal.unwrap_err().to_string();
            assert!(
                refusal.starts_with("prompts/ru/zdravstvujte-end.wav: ") && refusal.contains(said),
                "{refusal}"
            );
            assert!(!path.exists());
        }
    }

    #[test]
    fn tones_music_and_silence_are_no_announcements_and_a_person_is_taken_with_a_warning() {
        let tone = |on: usize, off: usize| -> Vec<i16> {
            let wave = |n: usize| (8000.0 * (std::f32::consts::TAU * 425.0 * n as f32 / 8000.0).sin()) as i16;
            (0..8 * 9000).map(|n| if n % (8 * (on + off)) < 8 * on { wave(n) } else { 0 }).collect()
        };
        let refusal = |samples: &[i16], language| doubt(samples, language).unwrap_err().to_string();
        assert_eq!(refusal(&tone(350, 350), Language::En), "busy tone: no announcement of an operator");
        assert_eq!(refusal(&tone(1000, 4000), Language::Ru), "гудки вызова: это не сообщение оператора");
        assert_eq!(refusal(&[0; 8 * 9000], Language::Ru), "тишина: это не сообщение оператора");
        let mut hello = sound_file::read(Path::new("prompts/en/hello-end.wav")).unwrap();
        hello.extend([0; 8 * 2000]);
        assert!(doubt(&hello, Language::En).unwrap().contains("a person"));
        assert_eq!(doubt(&sentences()[0].1, Language::En).unwrap(), "");
    }

    #[test]
    fn the_tones_before_an_announcement_are_no_part_of_its_print() {
        let tone = |hertz: f32, n: usize| {
            (8000.0 * (std::f32::consts::TAU * hertz * n as f32 / 8000.0).sin()) as i16
        };
        let signal: Vec<i16> =
            [950.0, 1400.0, 1800.0].iter().flat_map(|hertz| (0..2640).map(|n| tone(*hertz, n))).collect();
        let sentence = sentences().swap_remove(0);
        let known = library_of(&(sentence.0.clone(), [&signal[..], &sentence.1].concat()));
        assert!(heard(&[&signal[..], &signal, &[0; 8000]].concat(), &known).is_none());
        assert!(heard(&sentence.1, &known).is_some());
    }
}
