//! Recorded and synthesised sound made fit for the telephone: read, brought to 8 kHz, filtered, levelled. Samples in,
//! samples out.

mod high_pass;
mod level;
mod rate;
mod steady;
mod wav;

pub use level::{Measured, TARGET_DBOV, even_out, measure};
pub use steady::is_steady;
pub use wav::{NoSound, Recording, parse_wav};

/// Counted up when what [`for_telephone`] makes of the same recording changes: sentences kept are then made anew.
pub const FILTER_VERSION: u32 = 1;

/// Every clip is at this rate, Hz.
pub const RATE: u32 = 8000;

/// A recording in the telephone's band: 8 kHz, high-passed at 150 Hz, as loud as it was.
pub fn in_band(recording: &Recording) -> Vec<i16> {
    let mut samples = rate::resample(&recording.samples, recording.rate, RATE);
    high_pass::high_pass(&mut samples);
    samples.into_iter().map(|sample| sample.round() as i16).collect()
}

/// Makes a recording a clip of the pack's kind: in the telephone's band, of one loudness, trimmed, ramped.
///
/// # Errors
/// When there is next to nothing to hear.
pub fn for_telephone(recording: &Recording) -> Result<Vec<i16>, NoSound> {
    let samples = in_band(recording);
    let measured = measure(&samples);
    if measured.active_dbov < FAINTEST_DBOV || samples.len() < SHORTEST {
        return Err(NoSound::Silence);
    }
    Ok(even_out(&samples))
}

/// Below this there is no voice to bring up, dB below full scale.
const FAINTEST_DBOV: f64 = -60.0;
/// A twentieth of a second: «о» has more.
const SHORTEST: usize = 400;

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(rate: u32, hertz: f32, level: f32, seconds: f32) -> Recording {
        let count = (rate as f32 * seconds) as usize;
        let wave = |n: usize| (n as f32 / rate as f32 * hertz * std::f32::consts::TAU).sin();
        let samples = (0..count).map(|n| wave(n) * level * 32767.0).collect();
        Recording { rate, channels: 1, bits: 16, samples }
    }

    #[test]
    fn whatever_the_rate_and_level_the_clip_has_the_packs_level_and_length() {
        for rate in [8000, 16_000, 22_050, 24_000, 44_100, 48_000] {
            let clip = for_telephone(&recording(rate, 440.0, 0.05, 1.0)).expect("a voice");
            assert!((7900..8100).contains(&clip.len()), "{rate} Hz: {} samples", clip.len());
            let level = measure(&clip).active_dbov;
            assert!((level - TARGET_DBOV).abs() < 1.0, "{rate} Hz: {level} dBov");
        }
    }

    #[test]
    fn silence_and_a_click_are_no_sound() {
        let silence = Recording { rate: 16_000, channels: 1, bits: 16, samples: vec![0.0; 16_000] };
        assert_eq!(for_telephone(&silence), Err(NoSound::Silence));
        assert_eq!(for_telephone(&recording(16_000, 440.0, 0.5, 0.02)), Err(NoSound::Silence));
    }
}
