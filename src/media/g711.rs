//! G.711 A-law and µ-law by table, equal to the ITU-T G.191 reference for every 16-bit sample.

use super::FRAME;
use crate::domain::Codec;

/// The byte that means silence.
pub fn silence(codec: Codec) -> u8 {
    match codec {
        Codec::Pcma => 0xd5,
        Codec::Pcmu => 0xff,
    }
}

/// Encodes one linear 16-bit sample.
pub fn encode(codec: Codec, sample: i16) -> u8 {
    match codec {
        // A-law sees the upper 12 bits and sign, µ-law the upper 14.
        Codec::Pcma => ALAW_OF[usize::from(sample as u16 >> 4)],
        Codec::Pcmu => ULAW_OF[usize::from(sample as u16 >> 2)],
    }
}

/// Decodes one byte to a linear 16-bit sample.
pub fn decode(codec: Codec, byte: u8) -> i16 {
    match codec {
        Codec::Pcma => ALAW[usize::from(byte)],
        Codec::Pcmu => ULAW[usize::from(byte)],
    }
}

/// Decodes a frame of 20 ms.
pub fn decode_frame(codec: Codec, bytes: &[u8; FRAME]) -> [i16; FRAME] {
    let table = match codec {
        Codec::Pcma => &ALAW,
        Codec::Pcmu => &ULAW,
    };
    bytes.map(|byte| table[usize::from(byte)])
}

/// Turns a frame of one codec into the other; the same codec passes as it is.
pub fn transcode(from: Codec, to: Codec, bytes: &mut [u8; FRAME]) {
    let table = match (from, to) {
        (Codec::Pcma, Codec::Pcmu) => &ULAW_OF_ALAW,
        (Codec::Pcmu, Codec::Pcma) => &ALAW_OF_ULAW,
        (Codec::Pcma, Codec::Pcma) | (Codec::Pcmu, Codec::Pcmu) => return,
    };
    for byte in bytes {
        *byte = table[usize::from(*byte)];
    }
}

static ALAW: [i16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = alaw_to_linear(byte as u8);
        byte += 1;
    }
    table
};

static ULAW: [i16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = ulaw_to_linear(byte as u8);
        byte += 1;
    }
    table
};

static ALAW_OF: [u8; 1 << 12] = {
    let mut table = [0; 1 << 12];
    let mut at = 0;
    while at < table.len() {
        table[at] = linear_to_alaw(((at as u16) << 4) as i16);
        at += 1;
    }
    table
};

static ULAW_OF: [u8; 1 << 14] = {
    let mut table = [0; 1 << 14];
    let mut at = 0;
    while at < table.len() {
        table[at] = linear_to_ulaw(((at as u16) << 2) as i16);
        at += 1;
    }
    table
};

static ULAW_OF_ALAW: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = linear_to_ulaw(alaw_to_linear(byte as u8));
        byte += 1;
    }
    table
};

static ALAW_OF_ULAW: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = linear_to_alaw(ulaw_to_linear(byte as u8));
        byte += 1;
    }
    table
};

/// G.711 table 1: seven chords, of which the first is twice as long; even bits inverted.
const fn linear_to_alaw(sample: i16) -> u8 {
    // One's complement, as G.191 does: -1 is the mirror of 0.
    let magnitude = (if sample < 0 { !sample } else { sample } as u16) >> 4;
    let chord = (16 - (magnitude >> 4).leading_zeros()) as u16;
    let step = if chord == 0 { magnitude } else { (magnitude >> (chord - 1)) & 0x0f };
    let sign = if sample < 0 { 0 } else { 0x80 };
    (sign | (chord << 4) | step) as u8 ^ 0x55
}

const fn alaw_to_linear(byte: u8) -> i16 {
    let plain = byte ^ 0x55;
    let (chord, step) = ((plain >> 4) & 7, (plain & 0x0f) as i16);
    // The middle of the interval.
    let magnitude = match chord {
        0 => (step << 4) + 8,
        _ => ((step << 4) + 0x108) << (chord - 1),
    };
    if plain & 0x80 == 0 { -magnitude } else { magnitude }
}

/// G.711 table 2: eight chords after a bias of 33 in 14 bits; all bits inverted.
const fn linear_to_ulaw(sample: i16) -> u8 {
    let biased = ((if sample < 0 { !sample } else { sample } as u16) >> 2) + 33;
    let magnitude = if biased > 0x1fff { 0x1fff } else { biased };
    let chord = (16 - (magnitude >> 6).leading_zeros()) as u16;
    let step = (magnitude >> (chord + 1)) & 0x0f;
    let sign = if sample < 0 { 0x80 } else { 0 };
    !((sign | (chord << 4) | step) as u8)
}

const fn ulaw_to_linear(byte: u8) -> i16 {
    let plain = !byte;
    let (chord, step) = ((plain >> 4) & 7, (plain & 0x0f) as i16);
    let magnitude = (((step << 1) + 33) << chord) - 33;
    if plain & 0x80 == 0 { magnitude << 2 } else { -(magnitude << 2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ITU-T G.191 `alaw_compress`, word for word.
    fn g191_alaw(sample: i16) -> u8 {
        let mut ix = i32::from(if sample < 0 { !sample } else { sample }) >> 4;
        if ix > 15 {
            let mut iexp = 1;
            while ix > 16 + 15 {
                ix >>= 1;
                iexp += 1;
            }
            ix -= 16;
            ix += iexp << 4;
        }
        if sample >= 0 {
            ix |= 0x80;
        }
        (ix ^ 0x55) as u8
    }

    /// ITU-T G.191 `ulaw_compress`, word for word.
    fn g191_ulaw(sample: i16) -> u8 {
        let s = i32::from(sample);
        let absno = (if s < 0 { ((!s) >> 2) + 33 } else { (s >> 2) + 33 }).min(0x1fff);
        let mut i = absno >> 6;
        let mut segno = 1;
        while i != 0 {
            segno += 1;
            i >>= 1;
        }
        let high_nibble = 8 - segno;
        let low_nibble = 0x0f - ((absno >> segno) & 0x0f);
        let log = (high_nibble << 4) | low_nibble;
        (if s >= 0 { log | 0x80 } else { log }) as u8
    }

    /// ITU-T G.191 `alaw_expand`, word for word.
    fn g191_alaw_expand(log: u8) -> i16 {
        let ix = i32::from((log ^ 0x55) & 0x7f);
        let iexp = ix >> 4;
        let mut mant = ix & 0x0f;
        if iexp > 0 {
            mant += 16;
        }
        mant = (mant << 4) + 8;
        if iexp > 1 {
            mant <<= iexp - 1;
        }
        (if log > 127 { mant } else { -mant }) as i16
    }

    /// ITU-T G.191 `ulaw_expand`, word for word.
    fn g191_ulaw_expand(log: u8) -> i16 {
        let sign = if log < 0x80 { -1 } else { 1 };
        let mantissa = !i32::from(log);
        let exponent = (mantissa >> 4) & 7;
        let segment = exponent + 1;
        let mantissa = mantissa & 0x0f;
        let step = 4 << segment;
        (sign * ((0x80 << exponent) + step * mantissa + step / 2 - 4 * 33)) as i16
    }

    #[test]
    fn every_sample_is_encoded_as_the_reference_does() {
        for sample in i16::MIN..=i16::MAX {
            assert_eq!(encode(Codec::Pcma, sample), g191_alaw(sample), "A-law of {sample}");
            assert_eq!(encode(Codec::Pcmu, sample), g191_ulaw(sample), "µ-law of {sample}");
        }
    }

    #[test]
    fn every_byte_is_decoded_as_the_reference_does() {
        for byte in 0..=u8::MAX {
            assert_eq!(decode(Codec::Pcma, byte), g191_alaw_expand(byte), "A-law {byte:#x}");
            assert_eq!(decode(Codec::Pcmu, byte), g191_ulaw_expand(byte), "µ-law {byte:#x}");
        }
    }

    #[test]
    fn a_decoded_byte_encodes_to_itself() {
        for byte in 0..=u8::MAX {
            assert_eq!(encode(Codec::Pcma, decode(Codec::Pcma, byte)), byte);
            // µ-law has two zeros; G.191 gives the positive one.
            let expected = if byte == 0x7f { 0xff } else { byte };
            assert_eq!(encode(Codec::Pcmu, decode(Codec::Pcmu, byte)), expected);
        }
    }

    #[test]
    fn silence_stays_silence_across_codecs() {
        let mut frame = [silence(Codec::Pcma); FRAME];
        transcode(Codec::Pcma, Codec::Pcmu, &mut frame);
        let loudest = decode_frame(Codec::Pcmu, &frame).map(i16::unsigned_abs).into_iter().max();
        assert!(loudest <= Some(8));
    }
}
