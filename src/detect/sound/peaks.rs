//! Peaks of the spectrum that stand still: notes do, the partials of a voice glide.

use super::{LINES, sum};

/// Remembers the last frame's peaks.
#[derive(Clone, Debug)]
pub(super) struct Peaks {
    /// Where between the lines each peak is, at its line.
    places: [f32; LINES],
    /// Frames that it has stood there; 0 where there is none.
    ages: [u8; LINES],
}

impl Default for Peaks {
    fn default() -> Self {
        Self { places: [0.0; LINES], ages: [0; LINES] }
    }
}

impl Peaks {
    /// Takes the next spectrum's shape (square roots of the lines' shares of the power); gives the share of the power above
    /// 500 Hz that is in peaks which have stood still for 120 ms.
    pub fn take(&mut self, shape: &[f32; LINES]) -> f32 {
        let (mut places, mut ages) = ([0.0; LINES], [0; LINES]);
        // First all lines alike, several at a time; few are peaks.
        let mut peaks = [false; LINES];
        for (peak, near) in peaks[LOWEST..].iter_mut().zip(shape[LOWEST - 1..].array_windows::<3>()) {
            let [a, b, c] = *near;
            *peak = (b >= FAINTEST) & (b >= a) & (b > c);
        }
        let mut still = 0.0;
        for n in (LOWEST..LINES - 1).filter(|n| peaks[*n]) {
            let [a, b, c] = [shape[n - 1], shape[n], shape[n + 1]];
            let place = n as f32 + 0.5 * (a - c) / (a - 2.0 * b + c);
            let stood = (n - 1..=n + 1).filter(|m| (self.places[*m] - place).abs() < NEAR);
            ages[n] = stood.map(|m| self.ages[m]).max().unwrap_or(0).saturating_add(1);
            places[n] = place;
            if ages[n] >= OLD {
                still += a * a + b * b + c * c;
            }
        }
        let squares: [f32; LINES - LOWEST] = std::array::from_fn(|n| shape[LOWEST + n] * shape[LOWEST + n]);
        let all = sum(&squares) + 1e-6;
        (self.places, self.ages) = (places, ages);
        (still / all).min(1.0)
    }
}

const LOWEST: usize = 16;
/// Of the square root of the frame's power.
const FAINTEST: f32 = 0.03;
/// Lines (of 31 Hz) from frame to frame.
const NEAR: f32 = 0.35;
const OLD: u8 = 6;

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::super::Listener;
    use crate::detect::FRAME;

    /// The share of still peaks after half a second of four partials of a voice at 220 Hz that rises by so many octaves a second.
    fn still(octaves: f32) -> f32 {
        let mut listener = Listener::default();
        let (mut phase, mut still) = (0.0_f32, 0.0);
        for count in 0..25 {
            let frame: [i16; FRAME] = std::array::from_fn(|n| {
                phase += 220.0 * 2.0_f32.powf(octaves * (count * FRAME + n) as f32 / 8000.0) / 8000.0;
                (3..7).map(|k| 2000.0 * (TAU * phase * k as f32).sin()).sum::<f32>() as i16
            });
            still = listener.hear(&frame).still;
        }
        still
    }

    #[test]
    fn partials_of_a_note_stand_still_and_those_of_a_voice_glide() {
        assert!(still(0.0) > 0.9, "{}", still(0.0));
        assert!(still(1.5) < 0.1, "{}", still(1.5));
    }
}
