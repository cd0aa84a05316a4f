//! What the detector costs, and how right it is beside Asterisk's answering machine detection.
//!
//! `cargo bench --bench detect [-- MANIFEST]`: the cost is measured on our own prompts with pauses between them, and on
//! the recordings of the table when one is named; then both detectors hear these recordings. Figures only; nothing is
//! asserted.
//!
//! - ms: time of one thread for one second of one call; a core carries 1000 / ms calls.
//! - Asterisk: the rules of `app_amd.c` with its default settings, tones and beeps it does not know.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on says why and ends")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::path::Path;
use std::time::Instant;

use obzvon::cli::detect::listening::{Judged, Listening};
use obzvon::cli::detect::score::Score;
use obzvon::cli::detect::{manifest, sound_file};
use obzvon::detect::{Detector, DetectorPlan, FRAME};
use obzvon::domain::verdict::{Features, Heard, Verdict};

fn main() {
    let table = std::env::args().skip(1).find(|word| !word.starts_with("--"));
    cost("our prompts", &prompts());
    let Some(table) = table else { return };
    let recordings: Vec<_> = manifest::read(Path::new(&table))
        .unwrap()
        .into_iter()
        .map(|label| (sound_file::read(&label.path).unwrap(), label))
        .collect();
    cost("the recordings", &recordings.iter().map(|(samples, _)| samples.clone()).collect::<Vec<_>>());
    let (mut ours, mut asterisk) = (Score::default(), Score::default());
    for (samples, label) in recordings {
        ours.add(label.clone(), Listening::to(&samples, &DetectorPlan::default()));
        asterisk.add(label, Amd::listen(&samples));
    }
    println!("\nobzvon\n{ours}\nAsterisk's rules, default settings\n{asterisk}");
}

/// Calls of ten seconds: a prompt, a pause, a prompt.
fn prompts() -> Vec<Vec<i16>> {
    let mut files: Vec<_> =
        std::fs::read_dir("prompts/ru").unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let sounds = files.iter().filter_map(|path| sound_file::read(path).ok());
    sounds
        .map(|sound| {
            let mut call = vec![0; 4000];
            call.extend(&sound);
            call.extend([0; 8000]);
            call.extend(&sound);
            call.resize(80_000, 0);
            call
        })
        .collect()
}

fn cost(what: &str, calls: &[Vec<i16>]) {
    let seconds = calls.iter().map(Vec::len).sum::<usize>() as f64 / 8000.0;
    let plan = DetectorPlan::default();
    let mut best = f64::MAX;
    for _ in 0..3 {
        let start = Instant::now();
        let mut found = 0;
        for call in calls {
            let mut detector = Detector::new(&plan);
            found += call.as_chunks::<FRAME>().0.iter().filter_map(|frame| detector.feed(frame)).count();
        }
        assert!(found > 0, "nothing was heard");
        best = best.min(start.elapsed().as_secs_f64());
    }
    let ms = 1000.0 * best / seconds;
    println!(
        "{what:<16} {:>5} calls, {seconds:>6.0} s of sound: {ms:.3} ms a call second, {:.0} calls a core, {:.1} % of a core for 1000",
        calls.len(),
        1000.0 / ms,
        100.0 * ms
    );
}

/// Asterisk's answering machine detection (`app_amd.c`, version 18) with its defaults, in milliseconds.
#[derive(Default)]
struct Amd {
    at: u32,
    silence: u32,
    voice: u32,
    word: u32,
    words: u32,
    in_word: bool,
    greeting: bool,
    spoken: bool,
}

impl Amd {
    fn listen(samples: &[i16]) -> Listening {
        let mut amd = Self { in_word: true, ..Self::default() };
        let said = samples.as_chunks::<FRAME>().0.iter().find_map(|frame| amd.hear(frame));
        let verdict = said.unwrap_or(Verdict::Unsure);
        let judged = Judged { verdict, at_ms: amd.at, confidence: 0.5 };
        let heard = Heard::Verdict { verdict, at_ms: amd.at, confidence: 0.5, features: Features::default() };
        Listening { last: judged, first: judged, beep: None, events: vec![heard] }
    }

    fn hear(&mut self, frame: &[i16; FRAME]) -> Option<Verdict> {
        const THRESHOLD: i32 = 256;
        self.at += 20;
        let mean = frame.iter().map(|x| i32::from(*x).abs()).sum::<i32>() / FRAME as i32;
        if self.at >= 5000 {
            return Some(Verdict::Unsure);
        }
        if mean < THRESHOLD {
            self.silence += 20;
            if self.silence >= 50 {
                (self.in_word, self.word) = (false, 0);
            }
            if !self.spoken && self.silence >= 2500 {
                return Some(Verdict::Machine);
            }
            return (self.greeting && self.silence >= 800).then_some(Verdict::Human);
        }
        self.silence = 0;
        self.word += 20;
        self.voice += 20;
        if self.word >= 100 && !self.in_word {
            self.words += 1;
            self.in_word = true;
        }
        if self.word >= 5000 || self.words > 2 || (self.greeting && self.voice >= 1500) {
            return Some(Verdict::Machine);
        }
        if self.word >= 100 {
            (self.spoken, self.greeting) = (true, true);
        }
        None
    }
}
