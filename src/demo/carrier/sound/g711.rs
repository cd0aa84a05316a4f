//! G.711 by its arithmetic (ITU-T G.711): a second pair of eyes on the tables of our media engine.

use crate::domain::Codec;

/// Encodes a 16-bit sample.
pub fn encode(codec: Codec, sample: i16) -> u8 {
    match codec {
        Codec::Pcma => encode_a(sample),
        Codec::Pcmu => encode_u(sample),
    }
}

/// Decodes to a 16-bit sample.
pub fn decode(codec: Codec, byte: u8) -> i16 {
    match codec {
        Codec::Pcma => decode_a(byte),
        Codec::Pcmu => decode_u(byte),
    }
}

fn encode_a(sample: i16) -> u8 {
    let linear = sample >> 3;
    let (mask, size) = if linear >= 0 { (0xd5, linear) } else { (0x55, -linear - 1) };
    let segment = segment(size, 0x1f);
    let mantissa = if segment < 2 { size >> 1 } else { size >> segment } & 0xf;
    ((segment << 4) as u8 | mantissa as u8) ^ mask
}

fn decode_a(byte: u8) -> i16 {
    let byte = byte ^ 0x55;
    let mantissa = i16::from(byte & 0xf) << 4;
    let size = match (byte & 0x70) >> 4 {
        0 => mantissa + 8,
        segment => (mantissa + 0x108) << (segment - 1),
    };
    if byte & 0x80 != 0 { size } else { -size }
}

fn encode_u(sample: i16) -> u8 {
    let linear = i32::from(sample) >> 2;
    let (mask, size) = if linear >= 0 { (0xff, linear) } else { (0x7f, -linear) };
    let size = (size.min(8158) + 33) as i16;
    let segment = segment(size, 0x3f);
    ((segment << 4) as u8 | ((size >> (segment + 1)) & 0xf) as u8) ^ mask
}

fn decode_u(byte: u8) -> i16 {
    let byte = !byte;
    let size = ((i16::from(byte & 0xf) << 3) + 0x84) << ((byte & 0x70) >> 4);
    if byte & 0x80 != 0 { 0x84 - size } else { size - 0x84 }
}

/// Which of the eight segments `size` falls in; the first ends at `end`, each next one is twice as long.
fn segment(size: i16, end: i16) -> u32 {
    (0..7).find(|&s| i32::from(size) < (i32::from(end) + 1) << s).unwrap_or(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_decodes_to_a_sample_that_encodes_to_it() {
        for codec in [Codec::Pcma, Codec::Pcmu] {
            for byte in 0..=255u8 {
                let again = encode(codec, decode(codec, byte));
                // µ-law has two zeros; both mean silence.
                assert!(
                    again == byte || (codec == Codec::Pcmu && byte == 0x7f),
                    "{codec:?} {byte:#x} {again:#x}"
                );
            }
        }
    }

    #[test]
    fn a_sample_comes_back_within_its_quantising_step() {
        for codec in [Codec::Pcma, Codec::Pcmu] {
            for sample in i16::MIN..=i16::MAX {
                let back = i32::from(decode(codec, encode(codec, sample)));
                let error = (back - i32::from(sample)).abs();
                assert!(error <= 16 + i32::from(sample).abs() / 20, "{codec:?} {sample} {back}");
            }
        }
    }
}
