//! Measures and evens out one recorded clip.

/// 8 kHz.
const RATE: f64 = 8000.0;
/// The active speech level every clip is brought to, dB below full scale (ITU-T P.56).
pub const TARGET_DBOV: f64 = -21.0;
/// The highest peak a clip may have after that, of full scale: −1 dB.
const CEILING: f64 = 0.89;
/// Silence kept before and after the sound: a stop consonant needs it.
const KEPT_EDGE: usize = 280;
/// Length of the ramps at both ends, so that nothing clicks at a joint: 5 ms.
const RAMP: usize = 40;
/// A 5 ms frame this far below the active level is silence, dB. A weak `s` in the telephone's band comes close to it; a
/// room louder than that is not cut away.
const SILENCE_BELOW_VOICE_DB: f64 = 44.0;

/// What was found in a recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// ITU-T P.56 active speech level, dB below full scale; −100 for silence.
    pub active_dbov: f64,
    /// The highest sample of full scale, 0 to 1.
    pub peak: f64,
    /// Samples at full scale that stand in a row with another: clipped.
    pub clipped: usize,
    /// Silence at the start and at the end, ms.
    pub silence_ms: (u32, u32),
}

pub fn measure(samples: &[i16]) -> Measured {
    let peak = samples.iter().map(|s| f64::from(s.unsigned_abs()) / 32768.0).fold(0.0, f64::max);
    let full = |s: &i16| s.unsigned_abs() >= 32_767;
    let clipped = samples.windows(2).filter(|pair| full(&pair[0]) && full(&pair[1])).count();
    let sound = sounding(samples);
    let ms = |samples: usize| u32::try_from(samples / 8).unwrap_or(u32::MAX);
    let silence_ms = (ms(sound.start), ms(samples.len() - sound.end));
    Measured { active_dbov: active_level(samples), peak, clipped, silence_ms }
}

/// Cuts silence at both ends, brings the level to the target as far as the peak allows, and ramps the ends.
pub fn even_out(samples: &[i16]) -> Vec<i16> {
    let sound = sounding(samples);
    let from = sound.start.saturating_sub(KEPT_EDGE);
    let to = samples.len().min(sound.end + KEPT_EDGE);
    let kept = &samples[from..to];
    let measured = measure(kept);
    let wanted = 10_f64.powf((TARGET_DBOV - measured.active_dbov) / 20.0);
    let gain = if measured.peak > 0.0 { wanted.min(CEILING / measured.peak) } else { 1.0 };
    let last = kept.len().saturating_sub(1);
    let ramped = kept.iter().enumerate().map(|(at, sample)| {
        let edge = at.min(last - at).min(RAMP) as f64 / RAMP as f64;
        (f64::from(*sample) * gain * edge).round() as i16
    });
    ramped.collect()
}

/// From the first to the last 5 ms frame that is no silence.
fn sounding(samples: &[i16]) -> std::ops::Range<usize> {
    const FRAME: usize = 40;
    let floor = 32768.0 * 10_f64.powf((active_level(samples) - SILENCE_BELOW_VOICE_DB) / 20.0);
    let loud = |frame: &[i16]| {
        let power: f64 = frame.iter().map(|s| f64::from(*s).powi(2)).sum();
        (power / frame.len() as f64).sqrt() > floor
    };
    let frames = || samples.chunks(FRAME);
    match (frames().position(loud), samples.chunks(FRAME).collect::<Vec<_>>().iter().rposition(|f| loud(f))) {
        (Some(first), Some(last)) => first * FRAME..samples.len().min((last + 1) * FRAME),
        (None, _) | (_, None) => 0..samples.len(),
    }
}

/// The active speech level of ITU-T P.56 method B: envelope with a time constant of 30 ms, hangover of 200 ms, margin
/// of 15.9 dB. −100 for silence.
fn active_level(samples: &[i16]) -> f64 {
    const THRESHOLDS: usize = 15;
    const MARGIN_DB: f64 = 15.9;
    let smooth = (-1.0 / (RATE * 0.03)).exp();
    let hangover = (RATE * 0.2) as usize;
    let (mut p, mut q, mut power) = (0.0, 0.0, 0.0);
    let mut active = [0_usize; THRESHOLDS];
    let mut hung = [hangover; THRESHOLDS];
    for sample in samples {
        let x = f64::from(*sample) / 32768.0;
        power += x * x;
        p = smooth * p + (1.0 - smooth) * x.abs();
        q = smooth * q + (1.0 - smooth) * p;
        for (place, (active, hung)) in active.iter_mut().zip(&mut hung).enumerate() {
            let over = q >= 0.5_f64.powi(15 - place as i32);
            *hung = if over { 0 } else { *hung + 1 };
            *active += usize::from(*hung < hangover);
        }
    }
    let db = |value: f64| 10.0 * value.log10();
    let levels = active.iter().enumerate().take_while(|(_, active)| **active > 0).map(|(place, active)| {
        let threshold = 20.0 * 0.5_f64.powi(15 - place as i32).log10();
        (db(power / *active as f64), threshold)
    });
    let levels: Vec<(f64, f64)> = levels.collect();
    // The level at which it stands the margin above its threshold, between the two thresholds around it.
    let crossing = levels.windows(2).find(|pair| pair[1].0 - pair[1].1 <= MARGIN_DB);
    match (crossing, levels.last()) {
        (Some([(a0, c0), (a1, c1)]), _) => {
            let (over, under) = (a0 - c0 - MARGIN_DB, a1 - c1 - MARGIN_DB);
            let share = if over > under { (over / (over - under)).clamp(0.0, 1.0) } else { 0.0 };
            a0 + (a1 - a0) * share
        }
        (_, Some((level, _))) => *level,
        (_, None) => -100.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone of 440 Hz, `ms` long, of that amplitude, with 300 ms of silence on both sides.
    fn tone(ms: usize, amplitude: f64) -> Vec<i16> {
        let silence = vec![0_i16; 2400];
        let sound = (0..ms * 8).map(|n| {
            let phase = n as f64 / RATE * 440.0 * std::f64::consts::TAU;
            (phase.sin() * amplitude * 32767.0) as i16
        });
        [silence.clone(), sound.collect(), silence].concat()
    }

    #[test]
    fn silence_does_not_count_in_the_level() {
        // A sine of amplitude 0.5 has −9.03 dB; P.56 counts 200 ms of hangover after two seconds, −0.4 dB.
        let level = measure(&tone(2000, 0.5)).active_dbov;
        assert!((level + 9.4).abs() < 0.3, "{level}");
        assert_eq!(measure(&[0; 800]).active_dbov, -100.0);
    }

    #[test]
    fn every_clip_comes_out_at_one_level_without_its_silence() {
        for amplitude in [0.02, 0.1, 0.6] {
            let even = even_out(&tone(2000, amplitude));
            let measured = measure(&even);
            assert!((measured.active_dbov - TARGET_DBOV).abs() < 0.3, "{measured:?}");
            assert!(measured.silence_ms.0 <= 40 && measured.silence_ms.1 <= 40, "{measured:?}");
            assert_eq!((even[0], even[even.len() - 1]), (0, 0));
        }
    }

    #[test]
    fn a_clipped_recording_is_seen() {
        assert_eq!(measure(&tone(200, 0.9)).clipped, 0);
        let clipped: Vec<i16> = tone(200, 0.9).iter().map(|s| s.saturating_mul(2)).collect();
        assert!(measure(&clipped).clipped > 50);
    }

    #[test]
    fn nothing_and_silence_do_no_harm() {
        assert!(even_out(&[]).is_empty());
        assert_eq!(even_out(&[0; 100]), [0; 100]);
    }
}
