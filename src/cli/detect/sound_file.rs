//! Reads recordings: WAV at 8 kHz, A-law, µ-law or 16 bits; of two channels the left one, which is the debtor's in ours.

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

/// How the samples are written, and in how many channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Form {
    kind: Kind,
    channels: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
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
        let kind = match (tag, bits) {
            (1, 16) => Some(Kind::Linear16),
            (6, 8) => Some(Kind::G711(Codec::Pcma)),
            (7, 8) => Some(Kind::G711(Codec::Pcmu)),
            _ => None,
        };
        match kind {
            Some(kind) if (1..=2).contains(&channels) && rate == 8000 => {
                Ok(Self { kind, channels: channels.into() })
            }
            _ => bail!(
                "{rate} Hz, {channels} channels, {bits} bits, format {tag}: the detector reads 8000 Hz, 1 or 2 \
                 channels, 16 bits linear (1), A-law (6) or µ-law (7)"
            ),
        }
    }

    fn decode(self, body: &[u8]) -> anyhow::Result<Vec<i16>> {
        if body.is_empty() {
            bail!("no sound in it");
        }
        let left = self.channels;
        Ok(match self.kind {
            Kind::G711(codec) => body.iter().step_by(left).map(|byte| g711::decode(codec, *byte)).collect(),
            Kind::Linear16 => {
                body.as_chunks::<2>().0.iter().step_by(left).map(|pair| i16::from_le_bytes(*pair)).collect()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A WAV file of this form with these bytes for sound.
    fn wav(tag: u16, channels: u16, rate: u32, bits: u16, sound: &[u8]) -> Vec<u8> {
        let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
        bytes.extend(tag.to_le_bytes());
        bytes.extend(channels.to_le_bytes());
        bytes.extend(rate.to_le_bytes());
        bytes.extend([0; 6]);
        bytes.extend(bits.to_le_bytes());
        // A chunk of an odd length before the sound, with its pad.
        bytes.extend(b"LIST\x03\0\0\0abc\0data");
        bytes.extend((sound.len() as u32).to_le_bytes());
        bytes.extend(sound);
        bytes
    }

    fn read_bytes(bytes: &[u8]) -> Result<Vec<i16>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("call.wav");
        std::fs::write(&path, bytes).unwrap();
        read(&path).map_err(|fault| format!("{fault:#}"))
    }

    #[test]
    fn the_three_forms_of_telephone_sound_are_read() {
        let alaw = [g711::encode(Codec::Pcma, 5000), g711::encode(Codec::Pcma, -40)];
        let ulaw = [g711::encode(Codec::Pcmu, 5000), g711::encode(Codec::Pcmu, -40)];
        let near = |samples: Vec<i16>| samples[0].abs_diff(5000) < 200 && samples[1].abs_diff(-40) < 20;
        assert!(near(read_bytes(&wav(6, 1, 8000, 8, &alaw)).unwrap()));
        assert!(near(read_bytes(&wav(7, 1, 8000, 8, &ulaw)).unwrap()));
        assert_eq!(read_bytes(&wav(1, 1, 8000, 16, &[0x88, 0x13, 0xd8, 0xff])).unwrap(), [5000, -40]);
    }

    #[test]
    fn of_two_channels_the_left_one_is_heard() {
        let both = [g711::encode(Codec::Pcma, 5000), g711::encode(Codec::Pcma, -9000)].repeat(3);
        let samples = read_bytes(&wav(6, 2, 8000, 8, &both)).unwrap();
        assert!(samples.len() == 3 && samples.iter().all(|x| x.abs_diff(5000) < 200), "{samples:?}");
        let both: Vec<u8> = [1000_i16, -7, 2000, 9].iter().flat_map(|x| x.to_le_bytes()).collect();
        assert_eq!(read_bytes(&wav(1, 2, 8000, 16, &both)).unwrap(), [1000, 2000]);
    }

    #[test]
    fn other_forms_are_refused_with_what_they_are() {
        for (tag, channels, rate, bits) in
            [(1, 1, 16_000, 16), (1, 3, 8000, 16), (1, 1, 8000, 8), (3, 1, 8000, 32)]
        {
            let refused = read_bytes(&wav(tag, channels, rate, bits, &[0; 64])).unwrap_err();
            assert!(refused.contains(&format!("{rate} Hz, {channels} channels, {bits} bits")), "{refused}");
        }
    }

    #[test]
    fn a_file_cut_off_anywhere_is_read_or_refused() {
        let whole = wav(6, 1, 8000, 8, &[0xd5; 100]);
        for length in 0..whole.len() {
            let read = read_bytes(&whole[..length]);
            assert_eq!(read.is_ok(), length > whole.len() - 100, "{length}");
        }
        assert!(read_bytes(b"no sound at all, only words and words and words").is_err());
    }
}
