//! Files that have no clip's name, or whose words another file says, too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::domain::{Words, nearest};
use crate::speech::Pack;

/// Kinds of sound files; others beside the recordings are nobody's business.
const SOUNDS: [&str; 7] = ["wav", "aif", "aiff", "flac", "m4a", "mp3", "ogg"];
/// How deep folders are looked into for recordings that lie too deep.
const DEEPEST: usize = 4;

/// What of a folder can't be taken as it lies.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Oddities {
    /// Sounds that are no `<id>.wav`, each with the name that was most likely meant: passed over.
    pub(super) strays: Vec<Words>,
    /// Sounds of which nobody can tell whether they are meant: nothing is taken while they are there.
    pub(super) doubts: Vec<Words>,
}

/// Every sound file of the folder and of those in it, by its path from there, in order.
///
/// # Errors
/// When a folder can't be listed.
pub(super) fn sounds(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        let listing = || format!("listing {}", folder.join(&below).display());
        for entry in std::fs::read_dir(folder.join(&below)).with_context(listing)? {
            let entry = entry.with_context(listing)?;
            let path = below.join(entry.file_name());
            if entry.file_type().with_context(listing)?.is_dir() {
                if path.components().count() <= DEEPEST {
                    folders.push(path);
                }
            } else if is_sound(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_sound(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| SOUNDS.contains(&ending.as_str()))
}

/// What is odd about the sound files, by the clips that are wanted.
pub(super) fn oddities<'a>(files: &[PathBuf], ids: impl Iterator<Item = &'a str>) -> Oddities {
    let ids: BTreeSet<&str> = ids.collect();
    let mut odd = Oddities::default();
    let mut by_words: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in files {
        let shown = file.display().to_string();
        let meant = meant(file, &ids);
        if let Some(id) = meant {
            by_words.entry(id).or_default().push(shown.clone());
        }
        if file.components().count() > 1 {
            odd.doubts.push(Words {
                en: format!("{shown}: lies in a folder of its own; put the recordings side by side"),
                ru: format!("{shown}: лежит в отдельной папке; положите записи рядом"),
            });
        } else if !is_pause(&shown) && meant.is_none_or(|id| shown != format!("{id}.wav")) {
            let nearest = meant.or_else(|| nearest(&plain(file), ids.iter().copied()));
            let hint = |asks: &str| nearest.map_or_else(String::new, |id| format!("; {asks} {id}.wav?"));
            odd.strays.push(Words {
                en: format!("{shown}: no clip has this name{}", hint("is it")),
                ru: format!("{shown}: клипа с таким именем нет{}", hint("это")),
            });
        }
    }
    let twice = by_words.into_iter().filter(|(_, files)| files.len() > 1);
    odd.doubts.extend(twice.map(|(id, files)| {
        let files = files.join(", ");
        Words {
            en: format!("{files}: all of them say {id}; leave the best one"),
            ru: format!("{files}: это всё {id}; оставьте лучший"),
        }
    }));
    odd
}

/// The pauses are the pack's own, and lie in a copy of its folder.
fn is_pause(file: &str) -> bool {
    [Pack::SHORT_PAUSE, Pack::LONG_PAUSE].iter().any(|pause| file == format!("{pause}.wav"))
}

/// The clip whose words the file says, if its name is one but for its writing or a copy's number.
fn meant<'a>(file: &Path, ids: &BTreeSet<&'a str>) -> Option<&'a str> {
    let plain = plain(file);
    let without_number = plain.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '(' | ')' | '-'));
    [plain.as_str(), without_number].into_iter().find_map(|name| ids.get(name).copied())
}

/// The file's name as ids are written, without its ending.
fn plain(file: &Path) -> String {
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    name.to_lowercase().replace(['_', ' '], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn odd(files: &[&str]) -> Oddities {
        let files: Vec<_> = files.iter().map(PathBuf::from).collect();
        oddities(&files, ["desyat-mid", "sto-end"].into_iter())
    }

    fn en(said: &[Words]) -> Vec<&str> {
        said.iter().map(|words| words.en.as_str()).collect()
    }

    #[test]
    fn a_sound_of_another_name_is_named_with_the_nearest_known_one() {
        let meant = |file: &str| format!("{file}: no clip has this name; is it desyat-mid.wav?");
        for file in ["Desyat-Mid.WAV", "desyat_mid.wav", "desyat-mid.mp3", "desyt-mid.wav"] {
            assert_eq!(en(&odd(&[file, "sto-end.wav"]).strays), [meant(file)]);
        }
        let unknown = odd(&["xyzzy.wav"]);
        assert_eq!(en(&unknown.strays), ["xyzzy.wav: no clip has this name"]);
        assert_eq!(odd(&["desyat-mid.wav", "pause-long.wav", "sto-end.wav"]), Oddities::default());
    }

    #[test]
    fn the_same_words_twice_are_named_together_whatever_the_files_are_called() {
        for copy in ["Desyat-Mid.wav", "desyat-mid (2).wav", "desyat-mid_1.wav", "desyat-mid.mp3"] {
            let doubts = odd(&[copy, "desyat-mid.wav", "sto-end.wav"]).doubts;
            assert_eq!(
                en(&doubts),
                [format!("{copy}, desyat-mid.wav: all of them say desyat-mid; leave the best one")]
            );
        }
    }

    #[test]
    fn what_lies_in_a_folder_of_its_own_is_named() {
        let doubts = odd(&["day 1/sto-end.wav"]).doubts;
        assert_eq!(
            en(&doubts),
            ["day 1/sto-end.wav: lies in a folder of its own; put the recordings side by side"]
        );
    }
}
