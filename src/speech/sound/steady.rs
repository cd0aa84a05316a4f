//! Tells a tone or a hiss from a voice: a voice is never as even.

/// 20 ms of 8 kHz.
const FRAME: usize = 160;
/// Frames this far below the loudest are silence, dB.
const SILENCE_DB: f64 = 30.0;
/// How far the levels of a sound's frames lie apart at least where somebody speaks, dB (standard deviation). Of the
/// shipped packs' 760 clips the most even one has 1.3; white noise has 0.5, a tone next to nothing.
const LEAST_DB: f64 = 1.0;
/// Fewer frames than these tell nothing: one vowel may be as even.
const LEAST_FRAMES: usize = 12;

/// Whether a sound of 8 kHz is as even as a tone or a hiss from its beginning to its end.
pub fn is_steady(samples: &[i16]) -> bool {
    let level = |frame: &[i16]| {
        let power: f64 = frame.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        10.0 * (power / FRAME as f64 + 1.0).log10()
    };
    let levels: Vec<f64> = samples.chunks_exact(FRAME).map(level).collect();
    let loudest = levels.iter().copied().fold(0.0, f64::max);
    let loud: Vec<f64> = levels.into_iter().filter(|level| *level > loudest - SILENCE_DB).collect();
    if loud.len() < LEAST_FRAMES {
        return false;
    }
    // The first and the last hold the sound in part.
    let whole = &loud[1..loud.len() - 1];
    let mean = whole.iter().sum::<f64>() / whole.len() as f64;
    let spread = whole.iter().map(|level| (level - mean).powi(2)).sum::<f64>() / whole.len() as f64;
    spread.sqrt() < LEAST_DB
}

#[cfg(test)]
mod tests {
    use rand::{RngExt as _, SeedableRng as _};
    use rand_pcg::Pcg32;

    use super::*;

    #[test]
    fn a_tone_and_a_hiss_are_steady_and_a_sound_that_swells_is_not() {
        let tone: Vec<i16> = (0..8000).map(|n| ((f64::from(n) * 0.4).sin() * 9000.0) as i16).collect();
        let mut noise = Pcg32::seed_from_u64(7);
        let hiss: Vec<i16> = (0..8000).map(|_| noise.random_range(-6000..6000)).collect();
        let swell = |n: usize, sample: i16| (f64::from(sample) * (n as f64 / 900.0).sin().abs()) as i16;
        let voice: Vec<i16> = tone.iter().enumerate().map(|(n, sample)| swell(n, *sample)).collect();
        assert!(is_steady(&tone) && is_steady(&hiss) && !is_steady(&voice));
        assert!(is_steady(&[vec![0; 2003], tone, vec![0; 997]].concat()), "with silence around it");
        assert!(!is_steady(&[]) && !is_steady(&hiss[..1600]));
    }
}
