//! Takes away what a trunk adds below the voice: mains hum at 50 and 100 Hz and a constant offset.

use crate::detect::FRAME;

/// A high-pass of the fourth order (Butterworth): 3 dB at 180 Hz, 20 dB at 100 Hz, 44 dB at 50 Hz.
#[derive(Clone, Debug, Default)]
pub(super) struct HumFilter {
    stages: [Stage; 2],
}

/// The two values a stage keeps (transposed direct form II).
#[derive(Clone, Copy, Debug, Default)]
struct Stage {
    kept: [f32; 2],
}

impl HumFilter {
    /// Filters a frame.
    pub fn take(&mut self, frame: &[i16; FRAME]) -> [f32; FRAME] {
        let mut sound = frame.map(f32::from);
        for (stage, section) in self.stages.iter_mut().zip(&SECTIONS) {
            let [mut one, mut two] = stage.kept;
            for sample in &mut sound {
                let x = *sample;
                let y = section.gain * x + one;
                one = -2.0 * section.gain * x - section.back[0] * y + two;
                two = section.gain * x - section.back[1] * y;
                *sample = y;
            }
            // Below any sound numbers would become too small to reckon with quickly.
            stage.kept = [one, two].map(|kept| if kept.abs() < 1e-6 { 0.0 } else { kept });
        }
        sound
    }
}

/// `gain (1 - 2/z + 1/z²) / (1 + back[0]/z + back[1]/z²)`.
struct Section {
    gain: f32,
    back: [f32; 2],
}

const SECTIONS: [Section; 2] = [
    Section { gain: 0.8804045, back: [-1.7519818, 0.7696362] },
    Section { gain: 0.9441051, back: [-1.8787444, 0.8976762] },
];
