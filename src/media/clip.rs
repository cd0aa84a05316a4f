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
