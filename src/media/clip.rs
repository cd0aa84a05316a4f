//! Prompts, encoded once for each codec and shared by every stream.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{ClipError, g711};
use crate::domain::{Codec, Language};

/// A piece of sound at 8 kHz, in every codec we carry.
#[derive(Debug, PartialEq, Eq)]
pub struct Clip {
    alaw: Box<[u8]>,
    ulaw: Box<[u8]>,
}

impl Clip {
    /// Encodes linear 16-bit samples at 8 kHz.
    pub fn from_pcm(samples: &[i16]) -> Self {
        Self {
            alaw: samples.iter().map(|sample| g711::encode(Codec::Pcma, *sample)).collect(),
            ulaw: samples.iter().map(|sample| g711::encode(Codec::Pcmu, *sample)).collect(),
        }
    }

    /// The sound as one byte a sample.
    pub fn encoded(&self, codec: Codec) -> &[u8] {
        match codec {
            Codec::Pcma => &self.alaw,
            Codec::Pcmu => &self.ulaw,
        }
    }

    /// Its length in samples of 1/8000 s.
    pub fn samples(&self) -> usize {
        self.alaw.len()
    }
}

/// The prompt folder: `<root>/<language>/<id>.wav`, each file read once.
#[derive(Debug)]
pub struct ClipStore {
    root: PathBuf,
    loaded: Mutex<HashMap<PathBuf, Arc<Clip>>>,
}

impl ClipStore {
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), loaded: Mutex::default() }
    }

    /// Gives the clip of a language by its id (a relative path without `.wav`).
    ///
    /// # Errors
    /// The file is missing, is not 8 kHz mono 16-bit PCM, or the id points out of the folder.
    pub fn load(&self, language: Language, id: &str) -> Result<Arc<Clip>, ClipError> {
        let relative = Path::new(id);
        if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(ClipError::Outside { id: id.to_owned() });
        }
        let path = self.root.join(language.code()).join(format!("{id}.wav"));
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(clip) = loaded.get(&path) {
            return Ok(Arc::clone(clip));
        }
        let clip = Arc::new(Clip::from_pcm(&read_wav(&path)?));
        loaded.insert(path, Arc::clone(&clip));
        Ok(clip)
    }

    /// Forgets what was read, so that changed files are read again. Clips in play stay as they are.
    pub fn forget(&self) {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn read_wav(path: &Path) -> Result<Vec<i16>, ClipError> {
    let read = |source| ClipError::Read { path: path.to_owned(), source };
    let mut wav = hound::WavReader::open(path).map_err(read)?;
    let spec = wav.spec();
    let pcm16 = spec.sample_format == hound::SampleFormat::Int && spec.bits_per_sample == 16;
    if spec.sample_rate != 8000 || spec.channels != 1 || !pcm16 {
        return Err(ClipError::Format {
            path: path.to_owned(),
            found: spec.sample_rate,
            channels: spec.channels,
            bits: spec.bits_per_sample,
        });
    }
    wav.samples::<i16>().collect::<Result<_, _>>().map_err(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A prompt folder with one Russian prompt of this form.
    fn folder(rate: u32, channels: u16, bits: u16) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("ru")).unwrap();
        let spec = hound::WavSpec {
            channels,
            sample_rate: rate,
            bits_per_sample: bits,
            sample_format: hound::SampleFormat::Int,
        };
        let mut wav = hound::WavWriter::create(folder.path().join("ru/hello.wav"), spec).unwrap();
        for n in 0..8 {
            wav.write_sample(n * 10).unwrap();
        }
        wav.finalize().unwrap();
        folder
    }

    #[test]
    fn a_prompt_is_encoded_for_each_codec_and_read_once() {
        let folder = folder(8000, 1, 16);
        let store = ClipStore::new(folder.path());
        let clip = store.load(Language::Ru, "hello").unwrap();
        assert_eq!(clip.samples(), 8);
        for codec in [Codec::Pcma, Codec::Pcmu] {
            let expected: Vec<u8> = (0..8).map(|n| g711::encode(codec, n * 10)).collect();
            assert_eq!(clip.encoded(codec), expected);
        }
        std::fs::remove_file(folder.path().join("ru/hello.wav")).unwrap();
        assert!(Arc::ptr_eq(&clip, &store.load(Language::Ru, "hello").unwrap()));
        store.forget();
        assert!(matches!(store.load(Language::Ru, "hello"), Err(ClipError::Read { .. })));
    }

    #[test]
    fn a_prompt_of_another_form_is_refused_with_what_it_is() {
        for (rate, channels, bits) in [(16000, 1, 16), (8000, 2, 16), (8000, 1, 8)] {
            let folder = folder(rate, channels, bits);
            let refused = ClipStore::new(folder.path()).load(Language::Ru, "hello").unwrap_err().to_string();
            assert!(refused.contains(&format!("{rate} Hz, {channels} channels, {bits} bits")), "{refused}");
        }
    }

    #[test]
    fn a_prompt_outside_the_folder_is_refused() {
        let store = ClipStore::new("prompts");
        for id in ["../secret", "/etc/passwd", "a/../../b"] {
            assert!(matches!(store.load(Language::En, id), Err(ClipError::Outside { .. })), "{id}");
        }
    }
}
