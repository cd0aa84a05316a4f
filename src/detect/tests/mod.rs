//! Calls made of generated tones and of the prompts we ship, through the whole detector.

mod any_sound;
mod our_echo;
mod people;
mod tones;
mod tunes;

use std::f32::consts::TAU;

use super::*;

/// A call's sound, piece by piece, over faint line noise.
#[derive(Debug, Default)]
struct Call(Vec<[i16; FRAME]>);

impl Call {
    fn quiet(mut self, ms: usize) -> Self {
        let from = self.0.len() as u32;
        self.0.extend((0..ms as u32 / FRAME_MS).map(|n| noise(from + n + 1, 20)));
        self
    }

    fn tone(mut self, parts: &[(f32, f32)], ms: usize) -> Self {
        self.0.extend((0..ms / 20).map(|n| sum_of_tones(parts, n * FRAME)));
        self
    }

    /// One of our prompts, as somebody's speech.
    fn says(mut self, wav: &[u8]) -> Self {
        let samples: Vec<i16> =
            wav[44..].as_chunks::<2>().0.iter().map(|pair| i16::from_le_bytes(*pair)).collect();
        let from = self.0.len() as u32;
        for (n, frame) in (from..).zip(samples.as_chunks::<FRAME>().0) {
            let line = noise(n + 1, 20);
            self.0.push(std::array::from_fn(|n| frame[n].saturating_add(line[n])));
        }
        self
    }

    fn heard(&self) -> Vec<Heard> {
        let mut detector = Detector::new(&DetectorPlan::default());
        self.0.iter().filter_map(|frame| detector.feed(frame)).collect()
    }

    fn verdicts(&self) -> Vec<Verdict> {
        let verdict = |heard| match heard {
            Heard::Verdict { verdict, .. } => Some(verdict),
            Heard::Announced { .. }
            | Heard::BeepEnded { .. }
            | Heard::BeepStarted { .. }
            | Heard::FellSilent { .. }
            | Heard::SpokeAgain { .. } => None,
        };
        self.heard().into_iter().filter_map(verdict).collect()
    }

    fn beeps(&self) -> Vec<Heard> {
        self.heard()
            .into_iter()
            .filter(|heard| matches!(heard, Heard::BeepEnded { .. } | Heard::BeepStarted { .. }))
            .collect()
    }
}

const HELLO: [&[u8]; 2] = [
    include_bytes!("../../../prompts/ru/zdravstvujte-end.wav"),
    include_bytes!("../../../prompts/en/hello-end.wav"),
];

const LONG: [&[u8]; 4] = [
    include_bytes!("../../../prompts/ru/chtoby-ne-poluchat-takie-zvonki-ili-osta-52c64a0b-end.wav"),
    include_bytes!("../../../prompts/ru/vvedite-chas-ot-devyati-do-devyatnadcati-c24ae08c-end.wav"),
    include_bytes!("../../../prompts/en/to-stop-these-calls-or-to-complain-press-d51325ae-end.wav"),
    include_bytes!("../../../prompts/en/enter-an-hour-from-nine-to-nineteen-then-9a2367cd-end.wav"),
];

/// A sum of tones (Hz, peak) with a phase that runs on from `start` samples.
fn sum_of_tones(parts: &[(f32, f32)], start: usize) -> [i16; FRAME] {
    std::array::from_fn(|n| {
        let t = (start + n) as f32 / 8000.0;
        parts.iter().map(|(hertz, peak)| peak * (TAU * hertz * t).sin()).sum::<f32>() as i16
    })
}

/// Noise of a seed and peak, the same every time.
fn noise(seed: u32, peak: i32) -> [i16; FRAME] {
    let mut state = seed.wrapping_mul(2_654_435_761).max(1);
    std::array::from_fn(|_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        ((state >> 8) as i32 % (2 * peak + 1) - peak) as i16
    })
}
