//! Reads recordings: WAV at 8 kHz, mono, A-law, µ-law or 16 bits.

use std::path::Path;

use anyhow::{Context, bail};

use crate::domain::Codec;
use crate::media::g711;

/// Reads the samples of a file.
///
/// # Errors
/// When it cannot be read, is no WAV file, or is one of another form.
pub fn read(path: &Path) -> anyhow::Result<Vec<i16>> {
    let bytes = std::fs::read(path)?;
    let (b"RIFF", rest) = split(&bytes, 4)? else { bail!("no WAV file") };
    let (_, rest) = split(rest, 4)?;
    let (b"WAVE", mut chunks) = split(rest, 4)? else { bail!("no WAV file") };
    let mut form = None;
    loop {
        let (name, rest) = split(chunks, 4).context("no sound in it")?;
        let (length, rest) = split(rest, 4).context("no sound in it")?;
        // A recording that was cut off tells more than there is: what is there is the sound.
        let length = (u32_at(length, 0) as usize).min(rest.len());
        let (body, rest) = rest.split_at(length);
        match (name, &form) {
            (b"fmt ", _) => form = Some(Form::read(body)?),
            (b"data", Some(form)) => return form.decode(body),
            (b"data", None) => bail!("the sound comes before its format"),
            _ => {}
        }
        // Chunks begin at even places.
        chunks = rest.get(length % 2..).unwrap_or_default();
    }
}

fn split(bytes: &[u8], at: usize) -> anyhow::Result<(&[u8], &[u8])> {
    bytes.split_at_checked(at).context("the file ends too early")
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

/// How the samples are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    G711(Codec),
    Linear16,
}

impl Form {
    fn read(body: &[u8]) -> anyhow::Result<Self> {
        if body.len() < 16 {
            bail!("the format is cut off");
        }
        let tag = match u16_at(body, 0) {
            // WAVE_FORMAT_EXTENSIBLE: the tag begins the identifier at its end.
            0xfffe if body.len() >= 26 => u16_at(body, 24),
            tag => tag,
        };
        let (channels, rate, bits) = (u16_at(body, 2), u32_at(body, 4), u16_at(body, 14));
        let form = match (tag, bits) {
            (1, 16) => Some(Self::Linear16),
            (6, 8) => Some(Self::G711(Codec::Pcma)),
            (7, 8) => Some(Self::G711(Codec::Pcmu)),
            _ => None,
        };
        match form {
            Some(form) if channels == 1 && rate == 8000 => Ok(form),
            _ => bail!(
                "{rate} Hz, {channels} channels, {bits} bits, format {tag}: the detector reads 8000 Hz, 1 channel, \
                 16 bits linear (1), A-law (6) or µ-law (7)"
            ),
        }
    }

    fn decode(self, body: &[u8]) -> anyhow::Result<Vec<i16>> {
        if body.is_empty() {
            bail!("no sound in it");
        }
        Ok(match self {
            Self::G711(codec) => body.iter().map(|byte| g711::decode(codec, *byte)).collect(),
            Self::Linear16 => body.as_chunks::<2>().0.iter().map(|pair| i16::from_le_bytes(*pair)).collect(),
        })
    }
}
