//! What a sound engineer would say of a recording.

use crate::speech::sound::{NoSound, RATE, Recording, in_band, is_steady, measure};

/// What may be recorded to: the import refuses the rest.
pub const TAKEN: &str = "WAV of 8 to 192 kHz and 16 to 32 bits, mono or stereo";

/// Quieter than this before levelling, and the noise comes up with the voice: dB below full scale.
const TOO_QUIET_DBOV: f64 = -40.0;
/// Longer silence than this around the voice is remarked on, ms.
const LONG_SILENCE_MS: u32 = 1000;
/// A letter takes so long at least and at most, s; a word alone is spoken slower, which three letters more stand for.
/// In the shipped packs a letter takes 0.034 to 0.099 s.
const LETTER_S: std::ops::Range<f64> = 0.03..0.18;

/// Why a recording is none that a pack can have; `clip` is what was made of it.
pub(super) fn refusal(recording: &Recording, clip: &[i16]) -> Option<String> {
    let Recording { rate, channels, bits, .. } = *recording;
    if rate < RATE || bits < 16 || channels > 2 {
        return Some(format!("{rate} Hz, {bits} bits, {channels} channels: {TAKEN} is taken"));
    }
    is_steady(clip).then(|| NoSound::Steady.to_string())
}

/// What is remarked on in a recording of `words`. Clipping is looked for before anything is done to the sound.
pub(super) fn remarks(recording: &Recording, clip: &[i16], words: &str) -> Vec<String> {
    let measured = measure(&in_band(recording));
    let mut remarks = Vec::new();
    if recording.channels > 1 {
        remarks.push(format!("{} channels made one", recording.channels));
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
    let seconds = clip.len() as f64 / f64::from(RATE);
    let letters = words.chars().filter(|c| c.is_alphanumeric()).count() as f64;
    if seconds > LETTER_S.end * (letters + 3.0) {
        remarks.push(format!("{seconds:.1} s is long for {words:?}"));
    } else if seconds < LETTER_S.start * letters {
        remarks.push(format!("{seconds:.1} s is short for {words:?}"));
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `seconds` of a sound that swells and falls as a voice does.
    fn voice(seconds: usize) -> Recording {
        let wave = |n: usize| (n as f32 * 0.4).sin() * (n as f32 / 900.0).sin().abs() * 9000.0;
        Recording { rate: 8000, channels: 1, bits: 16, samples: (0..seconds * 8000).map(wave).collect() }
    }

    #[test]
    fn what_is_outside_of_the_shapes_taken_is_refused_with_their_names() {
        let clip = in_band(&voice(1));
        assert_eq!(refusal(&voice(1), &clip), None);
        for unfit in [
            Recording { channels: 4, ..voice(1) },
            Recording { bits: 8, ..voice(1) },
            Recording { rate: 6000, ..voice(1) },
        ] {
            assert!(refusal(&unfit, &clip).is_some_and(|why| why.contains(TAKEN)), "{unfit:?}");
        }
    }

    #[test]
    fn a_tone_of_twenty_seconds_is_refused_and_a_long_voice_remarked_on() {
        let tone: Vec<i16> = (0..160_000).map(|n| ((n as f32 * 0.4).sin() * 9000.0) as i16).collect();
        assert!(refusal(&voice(1), &tone).is_some_and(|why| why.contains("tone")));
        let said = remarks(&voice(20), &in_band(&voice(20)), "десять");
        assert!(said.iter().any(|remark| remark.contains("20.0 s is long for \"десять\"")), "{said:?}");
        let said = remarks(&voice(1), &in_band(&voice(1)), &"слово ".repeat(20));
        assert!(said.iter().any(|remark| remark.contains("is short for")), "{said:?}");
        assert_eq!(remarks(&voice(1), &in_band(&voice(1)), "десять"), [""; 0]);
    }

    #[test]
    fn two_channels_are_made_one_and_it_is_said() {
        let stereo = Recording { channels: 2, ..voice(1) };
        assert_eq!(remarks(&stereo, &in_band(&stereo), "десять"), ["2 channels made one"]);
    }
}
