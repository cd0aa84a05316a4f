//! The power spectrum of the last 32 ms: what tones, pitch and music are read from.

use std::f32::consts::{PI, TAU};
use std::sync::LazyLock;

use crate::detect::FRAME;

/// Samples a spectrum looks at.
pub(super) const SPAN: usize = 256;
/// Its lines, from 0 to 4000 Hz.
pub(in crate::detect) const LINES: usize = SPAN / 2;
/// From one line to the next, in Hz.
pub(super) const STEP: f32 = 8000.0 / SPAN as f32;

/// Keeps the sound before the present frame.
#[derive(Clone, Debug)]
pub(in crate::detect) struct Spectrum {
    before: [f32; SPAN - FRAME],
}

impl Default for Spectrum {
    fn default() -> Self {
        Self { before: [0.0; SPAN - FRAME] }
    }
}

impl Spectrum {
    /// Takes a frame; gives the power at each line, of the frame and the 12 ms before it under a Hann window.
    pub fn take(&mut self, frame: &[f32; FRAME]) -> [f32; LINES] {
        let tables = &*TABLES;
        let mut sound = [0.0; SPAN];
        sound[..SPAN - FRAME].copy_from_slice(&self.before);
        sound[SPAN - FRAME..].copy_from_slice(frame);
        self.before.copy_from_slice(&frame[2 * FRAME - SPAN..]);
        sound.iter_mut().zip(&tables.window).for_each(|(sample, window)| *sample *= window);
        Line::packed(&sound, tables).transformed(tables).power(tables)
    }
}

/// How a power spectrum repeats itself: the sound's autocorrelation at lags 0 to 127 samples.
pub(super) fn autocorrelation(power: &[f32; LINES]) -> [f32; LINES] {
    // A real even spectrum of 256 lines, packed as 128 complex values like the sound itself.
    let tables = &*TABLES;
    let mut whole = [0.0; SPAN];
    whole[..LINES].copy_from_slice(power);
    whole[LINES + 1..].iter_mut().rev().zip(&power[1..]).for_each(|(mirrored, power)| *mirrored = *power);
    let line = Line::packed(&whole, tables).transformed(tables);
    let mut again = [0.0; LINES];
    for (k, again) in again.iter_mut().enumerate() {
        let [even, _, odd_re, odd_im] = line.parted(k);
        *again = even + odd_re * tables.turns.re[LINES + k] - odd_im * tables.turns.im[LINES + k];
    }
    again
}

/// Complex values, their parts side by side, so that several are reckoned at once.
#[derive(Clone, Debug)]
struct Complex<const N: usize> {
    re: [f32; N],
    im: [f32; N],
}

type Line = Complex<LINES>;

#[derive(Debug)]
struct Tables {
    window: [f32; SPAN],
    /// `exp(-i pi k / n)` at `n + k`, for each power of two `n` up to 128 and `k` below it.
    turns: Complex<SPAN>,
    order: [u8; LINES],
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let angle = |at: usize| {
        let n = 1 << at.max(1).ilog2();
        -PI * (at - n.min(at)) as f32 / n as f32
    };
    Tables {
        window: std::array::from_fn(|n| 0.5 - 0.5 * (TAU * (n as f32 + 0.5) / SPAN as f32).cos()),
        turns: Complex {
            re: std::array::from_fn(|at| angle(at).cos()),
            im: std::array::from_fn(|at| angle(at).sin()),
        },
        order: std::array::from_fn(|n| (n as u8).reverse_bits() >> 1),
    }
});

impl Line {
    /// 256 real values as 128 complex ones, in the order that [`Self::transformed`] begins with.
    fn packed(values: &[f32; SPAN], tables: &Tables) -> Self {
        let pair = |n: usize| 2 * usize::from(tables.order[n]);
        Self {
            re: std::array::from_fn(|n| values[pair(n)]),
            im: std::array::from_fn(|n| values[pair(n) + 1]),
        }
    }

    /// Cooley and Tukey's fast Fourier transform.
    fn transformed(mut self, tables: &Tables) -> Self {
        let (re, im) = (self.re.as_chunks_mut::<4>().0, self.im.as_chunks_mut::<4>().0);
        re.iter_mut().zip(im).for_each(|(re, im)| four(re, im));
        self.pass::<4>(tables);
        self.pass::<8>(tables);
        self.pass::<16>(tables);
        self.pass::<32>(tables);
        self.pass::<64>(tables);
        self
    }

    /// Joins transforms of `N` values into such of twice as many.
    fn pass<const N: usize>(&mut self, tables: &Tables) {
        let [turn_re, turn_im] = [&tables.turns.re, &tables.turns.im].map(|turns| &turns[N..2 * N]);
        for (re, im) in self.re.chunks_exact_mut(2 * N).zip(self.im.chunks_exact_mut(2 * N)) {
            let (low_re, high_re) = re.split_at_mut(N);
            let (low_im, high_im) = im.split_at_mut(N);
            for n in 0..N {
                let turned_re = high_re[n] * turn_re[n] - high_im[n] * turn_im[n];
                let turned_im = high_re[n] * turn_im[n] + high_im[n] * turn_re[n];
                (low_re[n], high_re[n]) = (low_re[n] + turned_re, low_re[n] - turned_re);
                (low_im[n], high_im[n]) = (low_im[n] + turned_im, low_im[n] - turned_im);
            }
        }
    }

    /// What the even and the odd of the packed values have at line `k`: real and imaginary part of each.
    fn parted(&self, k: usize) -> [f32; 4] {
        let other = (LINES - k) % LINES;
        let (re, im) = ([self.re[k], self.re[other]], [self.im[k], self.im[other]]);
        [(re[0] + re[1]) / 2.0, (im[0] - im[1]) / 2.0, (im[0] + im[1]) / 2.0, (re[1] - re[0]) / 2.0]
    }

    fn power(&self, tables: &Tables) -> [f32; LINES] {
        let mut power = [0.0; LINES];
        for (k, power) in power.iter_mut().enumerate() {
            let [even_re, even_im, odd_re, odd_im] = self.parted(k);
            let (turn_re, turn_im) = (tables.turns.re[LINES + k], tables.turns.im[LINES + k]);
            let re = even_re + odd_re * turn_re - odd_im * turn_im;
            let im = even_im + odd_re * turn_im + odd_im * turn_re;
            *power = re * re + im * im;
        }
        power
    }
}

/// The transform of four values, whose turns are by quarters.
fn four(re: &mut [f32; 4], im: &mut [f32; 4]) {
    let [a, b, c, d] = *re;
    let [e, f, g, h] = *im;
    let (sums, differences) = ([a + b, c + d, e + f, g + h], [a - b, c - d, e - f, g - h]);
    *re = [
        sums[0] + sums[1],
        differences[0] + differences[3],
        sums[0] - sums[1],
        differences[0] - differences[3],
    ];
    *im = [
        sums[2] + sums[3],
        differences[2] - differences[1],
        sums[2] - sums[3],
        differences[2] + differences[1],
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_stands_at_its_line() {
        for hertz in [312.5_f32, 1000.0, 2500.0] {
            let mut spectrum = Spectrum::default();
            let wave = |start: usize| {
                std::array::from_fn(|n| (TAU * hertz * (start + n) as f32 / 8000.0).sin() * 1000.0)
            };
            spectrum.take(&wave(0));
            let power = spectrum.take(&wave(FRAME));
            let total: f32 = power.iter().sum();
            let line = (hertz / STEP).round() as usize;
            assert!(power[line - 2..=line + 2].iter().sum::<f32>() > 0.999 * total, "{hertz}");
        }
    }

    #[test]
    fn pulses_repeat_at_their_period() {
        let mut spectrum = Spectrum::default();
        let pulses =
            |start: usize| std::array::from_fn(|n| if (start + n).is_multiple_of(64) { 1000.0 } else { 0.0 });
        spectrum.take(&pulses(0));
        let again = autocorrelation(&spectrum.take(&pulses(FRAME)));
        let best = (30..100).max_by(|a, b| again[*a].total_cmp(&again[*b]));
        assert_eq!(best, Some(64));
    }
}
