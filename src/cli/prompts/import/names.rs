//! Files that have no clip's name.

use std::collections::BTreeSet;

use crate::domain::nearest;

/// Kinds of sound files; others beside the recordings are nobody's business.
const SOUNDS: [&str; 7] = ["wav", "aif", "aiff", "flac", "m4a", "mp3", "ogg"];

/// The sound files among `files` that are no `<id>.wav`, each with the name that was most likely meant.
pub(super) fn strays<'a>(files: &[String], ids: impl Iterator<Item = &'a str>) -> Vec<String> {
    let ids: BTreeSet<&str> = ids.collect();
    let stray = |file: &String| {
        let (name, ending) = file.rsplit_once('.')?;
        let sound = SOUNDS.contains(&ending.to_lowercase().as_str());
        if !sound || (ending == "wav" && ids.contains(name)) {
            return None;
        }
        let plain = name.to_lowercase().replace(['_', ' '], "-");
        let meant = nearest(&plain, ids.iter().copied());
        let hint = meant.map_or_else(String::new, |meant| format!("; is it {meant}.wav?"));
        Some(format!("{file}: no clip has this name{hint}"))
    };
    files.iter().filter_map(stray).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_of_another_name_is_named_with_the_nearest_known_one() {
        let files = [
            "Desyat-Mid.WAV",
            "desyat_mid.wav",
            "desyat-mid.wav",
            "desyat-mid.mp3",
            "notes.txt",
            "xyzzy.wav",
        ];
        let found = strays(&files.map(str::to_owned), ["desyat-mid", "sto-end"].into_iter());
        let meant = |file: &str| format!("{file}: no clip has this name; is it desyat-mid.wav?");
        let expected = [
            meant("Desyat-Mid.WAV"),
            meant("desyat_mid.wav"),
            meant("desyat-mid.mp3"),
            "xyzzy.wav: no clip has this name".to_owned(),
        ];
        assert_eq!(found, expected);
    }
}
