//! Names are said by a speech engine beforehand: real engines, broken ones, and the call in which a name is heard.

#![allow(clippy::disallowed_methods, reason = "a test of a running program waits by the clock")]

#[path = "../house/mod.rs"]
mod house;

mod call;
mod campaign;
mod engines;

use std::f64::consts::TAU;
use std::path::Path;
use std::time::Duration;

use obzvon::domain::Language;
use obzvon::speech::{EnginePlan, EngineWay};

/// A shell script as an engine that has two seconds.
fn script(text: &str) -> EnginePlan {
    EnginePlan {
        language: Language::Ru,
        way: EngineWay::Command(["sh", "-c", text].map(str::to_owned).to_vec()),
        voice: String::new(),
        speed: String::new(),
        time_limit: Duration::from_secs(2),
        workers: 2,
    }
}

/// A WAV file of one second of a tone at 16 kHz that swells as a voice does.
fn tone(file: &Path, hertz: f64) {
    wav(file, |second| (second * hertz * TAU).sin() * (0.7 + 0.3 * (second * TAU).sin()));
}

/// A WAV file of one second at 16 kHz of a wave (-1..=1) by the time in seconds.
fn wav(file: &Path, wave: impl Fn(f64) -> f64) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(file, spec).expect("a file of our own");
    for n in 0..16_000 {
        wav.write_sample((wave(f64::from(n) / 16_000.0) * 8000.0) as i16).expect("room on the disk");
    }
    wav.finalize().expect("room on the disk");
}
