//! The sentences that engines have said, on the disk. A name is personal data: the files are the daemon's alone, are called by
//! hashes, and go when no open contact needs them.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hound::{SampleFormat, WavSpec, WavWriter};

use crate::speech::ClipId;
use crate::speech::sound::{RATE, parse_wav};

/// A folder of synthesised sentences, a WAV file each.
#[derive(Clone, Debug)]
pub struct SentenceCache {
    folder: PathBuf,
}

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub kept: u64,
    pub deleted: u64,
}

const SHAPE: WavSpec =
    WavSpec { channels: 1, sample_rate: RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };

/// A sentence with a name that lasts longer is an engine's fault, and nobody is kept listening to it: six long names in a
/// sentence of ten words take some 7 s.
pub const LONGEST_SENTENCE: Duration = Duration::from_secs(8);
/// Its file, bytes: two a sample behind a head of 44.
const LARGEST: u64 = 44 + 2 * LONGEST_SENTENCE.as_secs() * RATE as u64;

impl SentenceCache {
    /// The cache below the daemon's data folder. Nothing is made until something is kept.
    pub fn below(data_dir: &Path) -> Self {
        Self { folder: data_dir.join("names") }
    }

    /// Whether the sentence has been made, of a length that is played.
    pub fn has(&self, clip: &ClipId) -> bool {
        let of_a_sentence = |file: &fs::Metadata| file.is_file() && file.len() <= LARGEST;
        fs::metadata(self.path(clip)).is_ok_and(|file| of_a_sentence(&file))
    }

    /// The sound of a sentence; `None` when it has not been made, is longer than [`LONGEST_SENTENCE`], or the file is no
    /// sound.
    pub fn samples(&self, clip: &ClipId) -> Option<Vec<i16>> {
        if !self.has(clip) {
            return None;
        }
        let recording = parse_wav(&fs::read(self.path(clip)).ok()?).ok()?;
        let of_our_kind = recording.rate == RATE;
        of_our_kind.then(|| recording.samples.into_iter().map(|sample| sample.round() as i16).collect())
    }

    /// Keeps a sentence: whole or not at all.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn keep(&self, clip: &ClipId, samples: &[i16]) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let mut bytes = io::Cursor::new(Vec::new());
        let into_io = |fault: hound::Error| io::Error::other(fault);
        let mut wav = WavWriter::new(&mut bytes, SHAPE).map_err(into_io)?;
        for sample in samples {
            wav.write_sample(*sample).map_err(into_io)?;
        }
        wav.finalize().map_err(into_io)?;
        let unfinished = self.folder.join(format!("{clip}.new"));
        let mut file =
            fs::File::options().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
        file.write_all(bytes.get_ref())?;
        file.sync_data()?;
        fs::rename(&unfinished, self.path(clip))
    }

    /// Deletes every sentence that is not `wanted`, and what was left unfinished.
    ///
    /// # Errors
    /// When the folder cannot be read or a file cannot be deleted.
    pub fn sweep(&self, wanted: &HashSet<ClipId>) -> io::Result<Swept> {
        let mut swept = Swept::default();
        let files = match fs::read_dir(&self.folder) {
            Ok(files) => files,
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(swept),
            Err(fault) => return Err(fault),
        };
        for file in files {
            let path = file?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let clip = name.strip_suffix(".wav").and_then(ClipId::parse);
            if clip.is_some_and(|clip| wanted.contains(&clip)) {
                swept.kept += 1;
                continue;
            }
            match fs::remove_file(&path) {
                Ok(()) => swept.deleted += 1,
                // Another sweep, or a sentence that was just finished.
                Err(fault) if fault.kind() == io::ErrorKind::NotFound => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(swept)
    }

    fn path(&self, clip: &ClipId) -> PathBuf {
        self.folder.join(format!("{clip}.wav"))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_sentence_is_kept_for_our_eyes_alone_and_swept_when_nobody_needs_it() {
        let folder = tempfile::tempdir().unwrap();
        let cache = SentenceCache::below(folder.path());
        let (one, two) = (ClipId::parse("name-1").unwrap(), ClipId::parse("name-2").unwrap());
        assert_eq!(cache.sweep(&HashSet::new()).unwrap(), Swept::default());
        let sound: Vec<i16> = (0..800).map(|n| n - 400).collect();
        cache.keep(&one, &sound).unwrap();
        cache.keep(&two, &sound).unwrap();
        fs::write(folder.path().join("names/name-3.new"), "half").unwrap();
        assert_eq!(cache.samples(&one), Some(sound));
        let mode = |path: &str| fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("names"), mode("names/name-1.wav")), (0o700, 0o600));
        let wanted = HashSet::from([one.clone()]);
        assert_eq!(cache.sweep(&wanted).unwrap(), Swept { kept: 1, deleted: 2 });
        assert!(cache.has(&one) && !cache.has(&two) && cache.samples(&two).is_none());
    }

    #[test]
    fn a_sentence_of_eight_seconds_is_kept_and_a_longer_one_counts_as_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let cache = SentenceCache::below(folder.path());
        let (long, longer) = (ClipId::parse("name-1").unwrap(), ClipId::parse("name-2").unwrap());
        cache.keep(&long, &[1; 64_000]).unwrap();
        cache.keep(&longer, &[1; 64_001]).unwrap();
        assert!(cache.has(&long) && cache.samples(&long).is_some());
        assert!(!cache.has(&longer) && cache.samples(&longer).is_none());
    }

    #[test]
    fn a_broken_file_is_no_sound() {
        let folder = tempfile::tempdir().unwrap();
        let cache = SentenceCache::below(folder.path());
        let clip = ClipId::parse("name-1").unwrap();
        cache.keep(&clip, &[1, 2, 3]).unwrap();
        fs::write(folder.path().join("names/name-1.wav"), "RIFF").unwrap();
        assert_eq!(cache.samples(&clip), None);
    }
}
