//! What a telephone line cuts off below is cut off beforehand, so that it does not eat up the level.

/// Where the filter has −3 dB, Hz.
const CORNER: f32 = 150.0;

/// Butterworth of second order at 150 Hz, over samples of 8 kHz, in place.
pub(super) fn high_pass(samples: &mut [f32]) {
    let w = std::f32::consts::TAU * CORNER / super::RATE as f32;
    let alpha = w.sin() / std::f32::consts::SQRT_2;
    let (a0, a1, a2) = (1.0 + alpha, -2.0 * w.cos(), 1.0 - alpha);
    let b = f32::midpoint(1.0, w.cos());
    let (mut x1, mut x2, mut y1, mut y2) = (0.0, 0.0, 0.0, 0.0);
    for sample in samples {
        let x = *sample;
        let y = (b * (x - 2.0 * x1 + x2) - a1 * y1 - a2 * y2) / a0;
        (x2, x1, y2, y1) = (x1, x, y1, y);
        *sample = y;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gain_db(hertz: f32) -> f32 {
        let wave = |n: u32| (n as f32 / 8000.0 * hertz * std::f32::consts::TAU).sin() * 1000.0;
        let mut samples: Vec<f32> = (0..16_000).map(wave).collect();
        high_pass(&mut samples);
        let power: f32 = samples[8000..].iter().map(|s| s * s).sum::<f32>() / 8000.0;
        10.0 * (power / 500_000.0).log10()
    }

    #[test]
    fn hum_is_cut_and_the_voice_is_not() {
        assert!(gain_db(50.0) < -18.0, "{}", gain_db(50.0));
        assert!((gain_db(150.0) + 3.0).abs() < 0.3, "{}", gain_db(150.0));
        assert!(gain_db(400.0) > -0.3, "{}", gain_db(400.0));
    }
}
