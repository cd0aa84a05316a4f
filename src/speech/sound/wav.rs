//! Reads a WAV file as engines and recorders write them: any usual rate and depth, a length that may be wrong because it
//! was written before the sound was known.

/// Sound as it came: one channel, values in the range of 16 bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// Samples a second.
    pub rate: u32,
    /// Channels it had; they are averaged here.
    pub channels: usize,
    /// Bits of one sample as it came.
    pub bits: usize,
    pub samples: Vec<f32>,
}

impl Recording {
    /// Samples at full scale that stand in a row with another: clipped when they were recorded.
    pub fn clipped(&self) -> usize {
        let full = |sample: &f32| sample.abs() >= 32_766.0;
        self.samples.windows(2).filter(|pair| full(&pair[0]) && full(&pair[1])).count()
    }
}

/// Why some bytes are no sound to work with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSound {
    #[error("cut short: {there} of the {said} bytes that its head tells of")]
    CutShort { said: usize, there: usize },
    #[error("the WAV file holds no samples")]
    Empty,
    #[error("not a WAV file of whole or floating samples")]
    NotWav,
    #[error("{0} samples a second: 6,000 to 192,000 are taken")]
    Rate(u32),
    #[error("nothing to hear in it")]
    Silence,
    #[error("even as a tone or a hiss: no voice")]
    Steady,
    #[error("longer than {0} s")]
    TooLong(u32),
}

/// The longest sound read, s.
const LONGEST_S: u32 = 120;

/// Lengths from here on were written into the head before the sound was known, as were those of nothing.
const UNKNOWN_LENGTH: usize = 0x7fff_0000;

/// Reads the bytes of a WAV file: whole samples of 8 to 32 bits or floating ones, any number of channels, which are
/// averaged.
///
/// # Errors
/// When it is none, is empty, cut short, too long, or has an odd rate.
pub fn parse_wav(bytes: &[u8]) -> Result<Recording, NoSound> {
    if bytes.get(..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
        return Err(NoSound::NotWav);
    }
    let mut format = None;
    let mut at = 12;
    while let Some(head) = bytes.get(at..at + 8) {
        let said = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let rest = &bytes[at + 8..];
        let body = &rest[..said.min(rest.len())];
        match &head[..4] {
            b"fmt " => format = Some(Format::parse(body)?),
            b"data" if said < UNKNOWN_LENGTH && said > rest.len() => {
                return Err(NoSound::CutShort { said, there: rest.len() });
            }
            b"data" => {
                return format.ok_or(NoSound::NotWav)?.samples(if said == 0 { rest } else { body });
            }
            _ => {}
        }
        at = at.saturating_add(8).saturating_add(said).saturating_add(said % 2);
    }
    Err(NoSound::Empty)
}

#[derive(Clone, Copy, Debug)]
struct Format {
    floating: bool,
    channels: usize,
    rate: u32,
    /// Bytes of one sample of one channel.
    bytes: usize,
}

impl Format {
    fn parse(body: &[u8]) -> Result<Self, NoSound> {
        let word = |at: usize| Some(u16::from_le_bytes([*body.get(at)?, *body.get(at + 1)?]));
        let read = || {
            let rate = u32::from_le_bytes([*body.get(4)?, *body.get(5)?, *body.get(6)?, *body.get(7)?]);
            // The extensible format names the real one in its last part.
            let tag = if word(0)? == 0xfffe { word(24)? } else { word(0)? };
            Some((tag, word(2)?, rate, word(14)?))
        };
        let (tag, channels, rate, bits) = read().ok_or(NoSound::NotWav)?;
        let floating = match (tag, bits) {
            (1, 8 | 16 | 24 | 32) => false,
            (3, 32) => true,
            _ => return Err(NoSound::NotWav),
        };
        if channels == 0 || channels > 8 {
            return Err(NoSound::NotWav);
        }
        if !(6_000..=192_000).contains(&rate) {
            return Err(NoSound::Rate(rate));
        }
        Ok(Self { floating, channels: channels.into(), rate, bytes: usize::from(bits) / 8 })
    }

    fn samples(self, data: &[u8]) -> Result<Recording, NoSound> {
        let frame = self.bytes * self.channels;
        let frames = data.len() / frame;
        if frames == 0 {
            return Err(NoSound::Empty);
        }
        if frames > (LONGEST_S * self.rate) as usize {
            return Err(NoSound::TooLong(LONGEST_S));
        }
        let mean = |frame: &[u8]| {
            let sum: f32 = frame.chunks_exact(self.bytes).map(|sample| self.value(sample)).sum();
            sum / self.channels as f32
        };
        let samples = data.chunks_exact(frame).map(mean).collect();
        Ok(Recording { rate: self.rate, channels: self.channels, bits: self.bytes * 8, samples })
    }

    /// One sample in the range of 16 bits.
    fn value(self, bytes: &[u8]) -> f32 {
        match *bytes {
            [a] => (f32::from(a) - 128.0) * 256.0,
            [a, b] => f32::from(i16::from_le_bytes([a, b])),
            [a, b, c] => i32::from_le_bytes([0, a, b, c]) as f32 / 65536.0,
            [a, b, c, d] if self.floating => {
                let value = f32::from_le_bytes([a, b, c, d]);
                if value.is_finite() { value.clamp(-1.0, 1.0) * 32767.0 } else { 0.0 }
            }
            [a, b, c, d] => i32::from_le_bytes([a, b, c, d]) as f32 / 65536.0,
            _ => unreachable!("a sample has one to four bytes"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wav(tag: u16, channels: u16, rate: u32, bits: u16, said: u32, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
        bytes.extend(tag.to_le_bytes());
        bytes.extend(channels.to_le_bytes());
        bytes.extend(rate.to_le_bytes());
        bytes.extend([0; 6]);
        bytes.extend(bits.to_le_bytes());
        bytes.extend(b"data");
        bytes.extend(said.to_le_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn every_usual_depth_gives_the_same_value() {
        let half = |tag, bits, data: &[u8]| {
            parse_wav(&wav(tag, 1, 16_000, bits, data.len() as u32, data)).expect("a sound").samples[0]
        };
        assert_eq!(half(1, 8, &[192]), 16_384.0);
        assert_eq!(half(1, 16, &16_384_i16.to_le_bytes()), 16_384.0);
        assert_eq!(half(1, 24, &[0, 0, 0x40]), 16_384.0);
        assert_eq!(half(1, 32, &[0, 0, 0, 0x40]), 16_384.0);
        assert_eq!(half(3, 32, &0.5_f32.to_le_bytes()), 16_383.5);
    }

    #[test]
    fn channels_are_averaged_and_a_length_written_too_early_does_not_matter() {
        let data: Vec<u8> = [100_i16, 300, -20, 20].iter().flat_map(|s| s.to_le_bytes()).collect();
        for said in [8, 0, 0x7fff_f000, u32::MAX] {
            let read = parse_wav(&wav(1, 2, 22_050, 16, said, &data)).expect("a sound");
            let samples = vec![200.0, 0.0];
            assert_eq!(read, Recording { rate: 22_050, channels: 2, bits: 16, samples });
        }
    }

    #[test]
    fn samples_at_full_scale_in_a_row_are_clipped_and_a_lone_peak_is_not() {
        let clipped = |samples: &[f32]| {
            Recording { rate: 8000, channels: 1, bits: 16, samples: samples.to_vec() }.clipped()
        };
        assert_eq!(clipped(&[0.0, 32_767.0, 0.0, -32_768.0]), 0);
        assert_eq!(clipped(&[0.0, 32_767.0, 32_767.0, 32_767.0, -32_768.0, 0.0]), 3);
    }

    #[test]
    fn what_is_no_sound_is_refused() {
        assert_eq!(parse_wav(b"festival: cannot find the voice"), Err(NoSound::NotWav));
        assert_eq!(parse_wav(&wav(1, 1, 8000, 16, 0, &[])), Err(NoSound::Empty));
        assert_eq!(parse_wav(&wav(1, 1, 800, 16, 2, &[0, 0])), Err(NoSound::Rate(800)));
        assert_eq!(parse_wav(&wav(7, 1, 8000, 8, 2, &[0, 0])), Err(NoSound::NotWav));
        assert_eq!(parse_wav(&wav(1, 0, 8000, 8, 2, &[0, 0])), Err(NoSound::NotWav));
        let cut = NoSound::CutShort { said: 8, there: 4 };
        assert_eq!(parse_wav(&wav(1, 1, 8000, 16, 8, &[1, 0, 1, 0])), Err(cut));
        let long = vec![0; 121 * 6000];
        assert_eq!(parse_wav(&wav(1, 1, 6000, 8, 0, &long)), Err(NoSound::TooLong(120)));
    }

    proptest! {
        #[test]
        fn bytes_of_any_kind_break_nothing(
            tag: u16, channels: u16, rate: u32, bits in 0u16..40, said: u32, data: Vec<u8>, cut in 0usize..64,
        ) {
            let bytes = wav(tag, channels, rate, bits, said, &data);
            let _ = parse_wav(&bytes[..cut.min(bytes.len())]);
            let _ = parse_wav(&bytes);
        }
    }
}
