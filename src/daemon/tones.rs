//! Sounds of the house that no pack has: the beep before a call, and what is heard on hold.

use std::f32::consts::TAU;
use std::sync::Arc;

use crate::media::Clip;

/// The house's own sounds.
#[derive(Clone, Debug)]
pub struct Tones {
    /// To an agent: somebody is on the line.
    pub beep: Arc<Clip>,
    /// To whoever waits, round and round.
    pub music: Vec<Arc<Clip>>,
}

impl Tones {
    pub fn synthesised() -> Self {
        Self { beep: Arc::new(Clip::from_pcm(&beep())), music: vec![Arc::new(Clip::from_pcm(&music()))] }
    }
}

/// 120 ms of 1,400 Hz, well below a voice.
fn beep() -> Vec<i16> {
    (0..960).map(|n| (3_000.0 * fade(n, 960) * (TAU * 1_400.0 * n as f32 / 8_000.0).sin()) as i16).collect()
}

/// Struck notes of a chord, one after another, each dying away; the last ends in silence, so that the joint is not heard.
fn music() -> Vec<i16> {
    let note = |hz: f32| {
        (0..NOTE).map(move |n| {
            let t = n as f32 / 8_000.0;
            let sound = (TAU * hz * t).sin() + 0.4 * (TAU * 2.0 * hz * t).sin();
            (2_200.0 * fade(n, NOTE) * (-2.5 * t).exp() * sound) as i16
        })
    };
    NOTES.into_iter().flat_map(note).collect()
}

/// From and to silence within 5 ms.
fn fade(n: usize, length: usize) -> f32 {
    (n.min(length - n) as f32 / 40.0).min(1.0)
}

/// Samples of a note: half a second.
const NOTE: usize = 4_000;
/// Hertz.
const NOTES: [f32; 16] = [
    261.6, 329.6, 392.0, 523.3, 392.0, 329.6, 293.7, 349.2, 440.0, 587.3, 440.0, 349.2, 246.9, 293.7, 392.0,
    329.6,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn music_and_beep_begin_and_end_in_silence_and_never_clip() {
        for sound in [beep(), music()] {
            assert!(sound[0].abs() < 100 && sound[sound.len() - 1].abs() < 200);
            assert!(sound.iter().all(|sample| sample.abs() < 8_000));
            assert!(sound.iter().any(|sample| sample.abs() > 1_000));
        }
    }
}
