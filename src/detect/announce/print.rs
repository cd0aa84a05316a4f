//! A sound's print: of each 20 ms, in which bands its loudness grew more than in the next one up (J. Haitsma, T. Kalker,
//! "A Highly Robust Audio Fingerprinting System", 2002). Level and telephone codecs change few of these.

use crate::detect::sound::LINES;

/// A bit for each pair of neighbouring bands.
pub type Word = u16;

/// Prints frame by frame.
#[derive(Clone, Debug, Default)]
pub struct Printer {
    /// Of the frames before, the newest first: in each band, how much louder it was than the next one up.
    slopes: [[f32; BITS]; SPAN],
    before: [f32; BITS + 1],
}

impl Printer {
    /// Takes a frame's power.
    pub fn print(&mut self, power: &[f32; LINES]) -> Word {
        let bands: [f32; BITS + 1] =
            std::array::from_fn(|n| power[EDGES[n]..EDGES[n + 1]].iter().sum::<f32>());
        // Over two frames, since a call's frames do not begin where the print's did.
        let loudness: [f32; BITS + 1] = std::array::from_fn(|n| (bands[n] + self.before[n] + 1.0).ln());
        self.before = bands;
        let slope: [f32; BITS] = std::array::from_fn(|n| loudness[n] - loudness[n + 1]);
        let old = self.slopes[SPAN - 1];
        self.slopes.rotate_right(1);
        self.slopes[0] = slope;
        (0..BITS).fold(0, |word, n| word << 1 | Word::from(slope[n] > old[n]))
    }
}

const BITS: usize = Word::BITS as usize;
/// Loudness is compared with that of so many frames before.
const SPAN: usize = 3;
/// Where bands begin among the lines of 31.25 Hz: from 281 to 3250 Hz.
const EDGES: [usize; BITS + 2] = [9, 11, 13, 15, 17, 19, 22, 25, 29, 33, 38, 43, 49, 56, 64, 74, 87, 104];
