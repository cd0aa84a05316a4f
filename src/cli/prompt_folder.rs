//! The folder of a language's pack on disk: `prompts/<language>/pack.toml` and a WAV file a clip.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use crate::domain::Language;
use crate::speech::{ClipId, Pack, Unspeakable};

/// The only shape of sound a pack holds.
pub const SHAPE: WavSpec =
    WavSpec { channels: 1, sample_rate: 8000, bits_per_sample: 16, sample_format: SampleFormat::Int };

/// One language's pack and where its sound lies.
#[derive(Debug)]
pub struct PromptFolder {
    folder: PathBuf,
    pack: Pack,
}

impl PromptFolder {
    /// Opens `prompts/<language>`.
    ///
    /// # Errors
    /// When the manifest is missing or cannot be read.
    pub fn open(prompts: &Path, language: Language) -> anyhow::Result<Self> {
        let folder = prompts.join(language.code());
        let manifest = folder.join("pack.toml");
        let reading =
            || format!("reading the manifest {} (--prompts names another folder)", manifest.display());
        let text = std::fs::read_to_string(&manifest).with_context(reading)?;
        let pack = Pack::parse(&text).with_context(|| manifest.display().to_string())?;
        Ok(Self { folder, pack })
    }

    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// The sound of a clip.
    ///
    /// # Errors
    /// When the file is missing or is not 8 kHz, mono, 16 bits.
    pub fn samples(&self, clip: &ClipId) -> anyhow::Result<Vec<i16>> {
        read_wav(&self.folder.join(format!("{clip}.wav")))
    }

    /// Joins clips into one file.
    ///
    /// # Errors
    /// When a clip cannot be read or the file cannot be written.
    pub fn write_wav(&self, clips: &[ClipId], out: &Path) -> anyhow::Result<()> {
        let writing = || format!("writing {}", out.display());
        let mut writer = WavWriter::create(out, SHAPE).with_context(writing)?;
        for clip in clips {
            for sample in self.samples(clip)? {
                writer.write_sample(sample).with_context(writing)?;
            }
        }
        writer.finalize().with_context(writing)
    }
}

/// Reads a WAV file of the pack's shape.
///
/// # Errors
/// When it cannot be read or has another shape.
pub fn read_wav(file: &Path) -> anyhow::Result<Vec<i16>> {
    let reading = || format!("reading {}", file.display());
    let mut reader = WavReader::open(file).with_context(reading)?;
    let spec = reader.spec();
    if spec != SHAPE {
        bail!(
            "{}: {} Hz, {} channels, {} bits; a clip is 8000 Hz, mono, 16 bits",
            file.display(),
            spec.sample_rate,
            spec.channels,
            spec.bits_per_sample
        );
    }
    reader.samples::<i16>().collect::<Result<_, _>>().with_context(reading)
}

/// Writes a WAV file of the pack's shape, and the folder around it.
///
/// # Errors
/// When it cannot be written.
pub fn write_samples(file: &Path, samples: &[i16]) -> anyhow::Result<()> {
    let writing = || format!("writing {}", file.display());
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(writing)?;
    }
    let mut writer = WavWriter::create(file, SHAPE).with_context(writing)?;
    for sample in samples {
        writer.write_sample(*sample).with_context(writing)?;
    }
    writer.finalize().with_context(writing)
}

/// Names the words a pack lacks: on the terminal of whoever typed them they are no secret.
pub fn name_missing(fault: Unspeakable, screen: Language) -> anyhow::Error {
    match (fault, screen) {
        (Unspeakable::Missing { language, words }, Language::En) => {
            anyhow!("the {} pack has no clip for {words:?}", language.code())
        }
        (Unspeakable::Missing { language, words }, Language::Ru) => {
            anyhow!("в наборе {} нет клипа для {words:?}", language.code())
        }
        (other, screen) => anyhow!(other.words().of(screen).to_owned()),
    }
}
