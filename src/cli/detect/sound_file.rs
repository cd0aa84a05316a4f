//! Reads recordings: WAV at 8 kHz, A-law, µ-law or 16 bits; of two channels the left one, which is the debtor's in ours.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use crate::domain::{Codec, Language};
use crate::media::g711;

/// Why a file is not heard.
#[derive(Debug, thiserror::Error)]
pub enum SoundFault {
    #[error("{}", self.words(Language::En))]
    Read(#[source] io::Error),
    #[error("{}", self.words(Language::En))]
    NoWav,
    #[error("{}", self.words(Language::En))]
    EndsEarly,
    #[error("{}", self.words(Language::En))]
    NoSound,
    #[error("{}", self.words(Language::En))]
    FormatCutOff,
    #[error("{}", self.words(Language::En))]
    SoundBeforeFormat,
    /// Samples a second, channels, bits of a sample, and the format's tag.
    #[error("{}", self.words(Language::En))]
    OtherForm { rate: u32, channels: u16, bits: u16, tag: u16 },
}

impl SoundFault {
    /// For the screen.
    pub fn words(&self, language: Language) -> String {
        let [english, russian] = match self {
            Self::Read(fault) => return unread(fault, language),
            Self::NoWav => ["no WAV file", "это не файл WAV"],
            Self::EndsEarly => ["the file ends too early", "файл обрывается слишком рано"],
            Self::NoSound => ["no sound in it", "в нём нет звука"],
            Self::FormatCutOff => ["the format is cut off", "описание формата оборвано"],
            Self::SoundBeforeFormat => {
                ["the sound comes before its format", "звук стоит раньше описания формата"]
            }
            Self::OtherForm { rate, channels, bits, tag } => {
                return other_form((*rate, *channels, *bits), *tag, language);
            }
        };
        language.pick(english, russian).to_owned()
    }
}

fn unread(fault: &io::Error, language: Language) -> String {
    let russian = match fault.kind() {
        ErrorKind::NotFound => "нет такого файла",
        ErrorKind::PermissionDenied => "нет права читать файл",
        ErrorKind::IsADirectory => "это папка",
        _ => return language.pick(fault.to_string(), format!("не читается: {fault}")),
    };
    language.pick(fault.to_string(), russian.to_owned())
}

fn other_form((rate, channels, bits): (u32, u16, u16), tag: u16, language: Language) -> String {
    let [english, russian] = match tag {
        1 => ["linear", "линейный"],
        2 | 17 => ["ADPCM", "ADPCM"],
        3 => ["floating point", "с плавающей точкой"],
        6 => ["A-law", "A-law"],
        7 => ["µ-law", "µ-law"],
        49 => ["GSM", "GSM"],
        85 => ["MP3", "MP3"],
        _ => ["of another kind", "другой"],
    };
    let many = language.pick(if channels == 1 { "channel" } else { "channels" }, "каналов:");
    match language {
        Language::En => format!(
            "{rate} Hz, {channels} {many}, {bits} bits, format {tag} ({english}): the detector reads 8000 Hz, 1 or 2 \
             channels, 16 bits linear, A-law or µ-law; sox converts others"
        ),
        Language::Ru => format!(
            "{rate} Гц, {many} {channels}, бит: {bits}, формат {tag} ({russian}): детектор читает 8000 Гц, 1 или 2 \
             канала, 16 бит линейные, A-law или µ-law; другое переводит sox"
        ),
    }
}

/// Reads the samples of a file. What does not begin as WAV is read no further: it may have no end.
///
/// # Errors
/// When it cannot be read, is no WAV file, or is one of another form.
pub fn read(path: &Path) -> Result<Vec<i16>, SoundFault> {
    let mut file = File::open(path).map_err(SoundFault::Read)?;
    let mut head = Vec::new();
    (&mut file).take(12).read_to_end(&mut head).map_err(SoundFault::Read)?;
    let (b"RIFF", rest) = split(&head, 4)? else { return Err(SoundFault::NoWav) };
    let (_, rest) = split(rest, 4)?;
    let (b"WAVE", _) = split(rest, 4)? else { return Err(SoundFault::NoWav) };
    let mut body = Vec::new();
    file.read_to_end(&mut body).map_err(SoundFault::Read)?;
    let (mut chunks, mut form) = (&body[..], None);
    loop {
        let (name, rest) = chunks.split_at_checked(4).ok_or(SoundFault::NoSound)?;
        let (length, rest) = rest.split_at_checked(4).ok_or(SoundFault::NoSound)?;
        // A recording that was cut off tells more than there is: what is there is the sound.
        let length = (u32_at(length, 0) as usize).min(rest.len());
        let (body, rest) = rest.split_at(length);
        match (name, &form) {
            (b"fmt ", _) => form = Some(Form::read(body)?),
            (b"data", Some(form)) => return form.decode(body),
            (b"data", None) => return Err(SoundFault::SoundBeforeFormat),
            _ => {}
        }
        // Chunks begin at even places.
        chunks = rest.get(length % 2..).unwrap_or_default();
    }
}

fn split(bytes: &[u8], at: usize) -> Result<(&[u8], &[u8]), SoundFault> {
    bytes.split_at_checked(at).ok_or(SoundFault::EndsEarly)
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
    fn read(body: &[u8]) -> Result<Self, SoundFault> {
        if body.len() < 16 {
            return Err(SoundFault::FormatCutOff);
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
            _ => Err(SoundFault::OtherForm { rate, channels, bits, tag }),
        }
    }

    fn decode(self, body: &[u8]) -> Result<Vec<i16>, SoundFault> {
        if body.is_empty() {
            return Err(SoundFault::NoSound);
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
        read(&path).map_err(|fault| fault.to_string())
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
            let many = if channels == 1 { "channel" } else { "channels" };
            assert!(refused.contains(&format!("{rate} Hz, {channels} {many}, {bits} bits")), "{refused}");
        }
        let refused = read_bytes(&wav(49, 1, 8000, 0, &[0; 64])).unwrap_err();
        assert!(refused.contains("format 49 (GSM)"), "{refused}");
    }

    #[test]
    fn what_is_no_wav_and_has_no_end_is_refused_at_once() {
        assert!(matches!(read(Path::new("/dev/zero")), Err(SoundFault::NoWav)));
    }

    #[test]
    fn why_a_file_is_not_heard_is_told_in_both_languages() {
        let missing = read(Path::new("no such file.wav")).unwrap_err();
        assert_eq!(missing.words(Language::Ru), "нет такого файла");
        assert!(missing.words(Language::En).starts_with("No such file"), "{missing}");
        let other = SoundFault::OtherForm { rate: 16_000, channels: 1, bits: 32, tag: 3 };
        assert!(
            other
                .words(Language::Ru)
                .starts_with("16000 Гц, каналов: 1, бит: 32, формат 3 (с плавающей точкой)")
        );
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
