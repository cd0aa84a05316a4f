//! The power spectrum of the last 32 ms: what tones, pitch and music are read from.

use std::f32::consts::TAU;
use std::sync::LazyLock;

use crate::detect::FRAME;

/// Samples a spectrum looks at.
pub(super) const SPAN: usize = 256;
/// Its lines, from 0 to 4000 Hz.
pub(super) const LINES: usize = SPAN / 2;
/// From one line to the next, in Hz.
pub(super) const STEP: f32 = 8000.0 / SPAN as f32;

/// Keeps the sound before the present frame.
#[derive(Clone, Debug)]
pub(super) struct Spectrum {
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
        let mut line = [Complex::default(); LINES];
        let at = |n: usize| if n < SPAN - FRAME { self.before[n] } else { frame[n - (SPAN - FRAME)] };
        for (n, value) in line.iter_mut().enumerate() {
            let window = &tables.window[2 * n..];
            *value = Complex { re: at(2 * n) * window[0], im: at(2 * n + 1) * window[1] };
        }
        self.before.copy_from_slice(&frame[2 * FRAME - SPAN..]);
        transform(&mut line, tables);
        power(&line, tables)
    }
}

/// How a power spectrum repeats itself: the sound's autocorrelation at lags 0 to 127 samples.
pub(super) fn autocorrelation(power: &[f32; LINES]) -> [f32; LINES] {
    // A real even spectrum of 256 lines, packed as 128 complex values like the sound itself.
    let tables = &*TABLES;
    let at = |n: usize| match n {
        0..LINES => power[n],
        LINES => 0.0,
        _ => power[SPAN - n],
    };
    let mut line: [Complex; LINES] = std::array::from_fn(|n| Complex { re: at(2 * n), im: at(2 * n + 1) });
    transform(&mut line, tables);
    std::array::from_fn(|k| unpack(&line, k, tables).re)
}

#[derive(Clone, Copy, Debug, Default)]
struct Complex {
    re: f32,
    im: f32,
}

impl Complex {
    fn plus(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }

    fn minus(self, other: Self) -> Self {
        Self { re: self.re - other.re, im: self.im - other.im }
    }

    fn times(self, other: Self) -> Self {
        Self { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

#[derive(Debug)]
struct Tables {
    window: [f32; SPAN],
    /// `exp(-i 2 pi n / 256)`.
    turns: [Complex; LINES],
    order: [u8; LINES],
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    window: std::array::from_fn(|n| 0.5 - 0.5 * (TAU * (n as f32 + 0.5) / SPAN as f32).cos()),
    turns: std::array::from_fn(|n| {
        let angle = -TAU * n as f32 / SPAN as f32;
        Complex { re: angle.cos(), im: angle.sin() }
    }),
    order: std::array::from_fn(|n| (n as u8).reverse_bits() >> 1),
});

/// Cooley and Tukey's fast Fourier transform, 128 complex values in place.
fn transform(line: &mut [Complex; LINES], tables: &Tables) {
    for (n, other) in tables.order.iter().map(|other| usize::from(*other)).enumerate() {
        if n < other {
            line.swap(n, other);
        }
    }
    let mut half = 1;
    while half < LINES {
        let stride = LINES / half;
        for block in line.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for ((a, b), turn) in low.iter_mut().zip(high).zip(tables.turns.iter().step_by(stride)) {
                let turned = b.times(*turn);
                (*a, *b) = (a.plus(turned), a.minus(turned));
            }
        }
        half *= 2;
    }
}

/// Line `k` of the 256 real values that `line` holds packed in pairs.
fn unpack(line: &[Complex; LINES], k: usize, tables: &Tables) -> Complex {
    let (a, b) = (line[k], line[(LINES - k) % LINES]);
    let even = Complex { re: (a.re + b.re) / 2.0, im: (a.im - b.im) / 2.0 };
    let odd = Complex { re: (a.im + b.im) / 2.0, im: (b.re - a.re) / 2.0 };
    even.plus(odd.times(tables.turns[k]))
}

fn power(line: &[Complex; LINES], tables: &Tables) -> [f32; LINES] {
    std::array::from_fn(|k| {
        let value = unpack(line, k, tables);
        value.re * value.re + value.im * value.im
    })
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
