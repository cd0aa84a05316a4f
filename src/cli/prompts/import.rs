//! `obzvon prompts import`: takes a speaker's recordings into a pack.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use hound::WavWriter;

use super::wanted::{Wanted, wanted};
use super::{Places, language};
use crate::cli::prompt_folder::SHAPE;
use crate::domain::Language;
use crate::speech::sound::{RATE, Recording, TARGET_DBOV, for_telephone, in_band, measure, parse_wav};
use crate::speech::{Intonation, Pack};

/// Takes recordings named as `prompts script` names them: checks, trims, levels, and writes the pack.
#[derive(Debug, Args)]
pub struct Import {
    /// The folder of the recordings: WAV files of 6 to 192 kHz and 8 to 32 bits, mono or stereo.
    recordings: PathBuf,
    /// ru or en.
    #[arg(long, default_value = "ru")]
    lang: String,
    /// Whose voice it is, for the manifest.
    #[arg(long)]
    voice: String,
    /// Reports only; writes nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    places: Places,
}

/// The pause at a comma and between sentences, in samples of 8 kHz.
const PAUSES: [(&str, usize); 2] = [(Pack::SHORT_PAUSE, 1440), (Pack::LONG_PAUSE, 3600)];
/// Quieter than this before levelling, and the noise comes up with the voice: dB below full scale.
const TOO_QUIET_DBOV: f64 = -40.0;
/// Longer silence than this around the voice is remarked on, ms.
const LONG_SILENCE_MS: u32 = 1000;

impl Import {
    /// Takes a whole folder for a language.
    pub(super) fn whole(recordings: PathBuf, language: Language, voice: String, places: Places) -> Self {
        Self { recordings, lang: language.code().to_owned(), voice, dry_run: false, places }
    }

    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let language = language(&self.lang)?;
        let folder = self.places.prompts.join(language.code());
        let mut taken = Vec::new();
        let (mut missing, mut bad) = (0, 0);
        for wanted in wanted(language, &self.places)? {
            let file = self.recordings.join(format!("{}.wav", wanted.id));
            if !file.exists() {
                missing += usize::from(!wanted.is_optional());
                continue;
            }
            match self.take(&file, &folder, &wanted) {
                Ok(()) => taken.push(wanted),
                Err(fault) => {
                    println!("refused {fault:#}");
                    bad += 1;
                }
            }
        }
        println!("{} taken, {bad} refused, {missing} missing (obzvon prompts check lists them)", taken.len());
        if !self.dry_run {
            self.write_manifest(&folder, language, &taken)?;
        }
        Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }

    /// Reports on one recording and writes the clip made of it.
    fn take(&self, file: &Path, folder: &Path, wanted: &Wanted) -> anyhow::Result<()> {
        let name = || file.display().to_string();
        let bytes = std::fs::read(file).with_context(name)?;
        let recording = parse_wav(&bytes).with_context(name)?;
        let clip = for_telephone(&recording).with_context(name)?;
        remark(file, &recording);
        if self.dry_run {
            return Ok(());
        }
        write_wav(&folder.join(format!("{}.wav", wanted.id)), &clip)
    }

    fn write_manifest(&self, folder: &Path, language: Language, taken: &[Wanted]) -> anyhow::Result<()> {
        let mut tables: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
        for wanted in taken {
            let table = match wanted.fragment.at {
                Intonation::End => "end",
                Intonation::Mid => "mid",
            };
            tables.entry(table).or_default().insert(wanted.id.as_str(), &wanted.fragment.words);
        }
        for (pause, samples) in PAUSES {
            tables.entry("mid").or_default().insert(pause, "");
            write_wav(&folder.join(format!("{pause}.wav")), &vec![0; samples])?;
        }
        let voice = toml::Value::from(self.voice.as_str());
        let level = format!("ITU-T P.56 active speech level {TARGET_DBOV} dBov, peaks below -1 dBov");
        let code = language.code();
        let head = format!("language = \"{code}\"\nvoice = {voice}\nloudness = \"{level}\"\n\n");
        let body = toml::to_string(&tables).context("writing the manifest as TOML")?;
        let file = folder.join("pack.toml");
        std::fs::write(&file, head + &body).with_context(|| format!("writing {}", file.display()))
    }
}

/// Prints what a sound engineer would remark on. Clipping is looked for before anything is done to the sound.
fn remark(file: &Path, recording: &Recording) {
    let measured = measure(&in_band(recording));
    let mut remarks = Vec::new();
    if recording.rate != RATE {
        remarks.push(format!("{} Hz brought to {RATE}", recording.rate));
    }
    let clipped = recording.clipped();
    if clipped > 0 {
        remarks.push(format!("{clipped} samples clipped"));
    }
    if measured.active_dbov < TOO_QUIET_DBOV {
        remarks.push(format!("very quiet, {:.0} dBov", measured.active_dbov));
    }
    let (before, after) = measured.silence_ms;
    if before.max(after) > LONG_SILENCE_MS {
        remarks.push(format!("silence {before} ms before, {after} ms after"));
    }
    if !remarks.is_empty() {
        println!("{}: {}", file.display(), remarks.join("; "));
    }
}

pub(super) fn write_wav(file: &Path, samples: &[i16]) -> anyhow::Result<()> {
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
