//! Trains the detector's model from labelled recordings and tells how good it is on recordings it was not trained on.
//!
//! `cargo run --release --example train_detector -- MANIFEST [MORE...] [--out src/detect/model.txt]`: without `--out` it
//! only tells. `MANIFEST` is tried and trained on, `MORE` (as `scripts/greetings` makes them) only trained on. Training
//! takes each recording as it is and again louder or fainter, later, and with noise. Folds: by sentence, then by voice,
//! so that neither is known to a model that is tried on it.

#![allow(clippy::disallowed_methods, reason = "a program for developers")]

mod boosting;
mod logistic;

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use boosting::{Growth, Moment};
use logistic::Case;
use obzvon::cli::detect::listening::Listening;
use obzvon::cli::detect::manifest::{self, Labelled};
use obzvon::cli::detect::score::{Score, service_share};
use obzvon::cli::detect::sound_file;
use obzvon::detect::{Detector, DetectorPlan, FRAME, Model, VOICE_FEATURES, talk_feature_names};

/// Too near the recording's own line for other lines.
const NOT_ASKED: [&str; 6] = ["floor", "peak", "l_harm", "l_flat", "l_change", "l_dev"];
const FOLDS: u32 = 5;
const COPIES: u32 = 4;
const GROWTH: Growth = Growth { trees: 140, rate: 0.1, ridge: 5.0, least: 3.0 };

struct Recording {
    label: Labelled,
    samples: Vec<i16>,
    /// Of its frames in all training, before the class's share.
    weight: f64,
    /// How often it is taken, each time varied.
    copies: u32,
}

fn main() -> anyhow::Result<()> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let out = match words.iter().position(|word| word == "--out") {
        Some(at) if at + 1 < words.len() => words.drain(at..at + 2).nth(1),
        _ => None,
    };
    let (path, more) = words.split_first().context("train_detector MANIFEST [MORE...] [--out FILE]")?;
    let recordings = load(Path::new(path), COPIES)?;
    let mut extra = Vec::new();
    for path in more {
        extra.extend(load(Path::new(path), COPIES / 2)?);
    }
    for (name, key) in [("sentence", sentence as fn(&Labelled) -> &str), ("voice", voice)] {
        let mut score = Score::default();
        for fold in 0..FOLDS {
            let (tried, model) = without(&recordings, &extra, key, fold);
            listen(&tried, &DetectorPlan { model, ..DetectorPlan::default() }, &mut score);
        }
        println!("== each {name} unknown to the model that was tried on it ({FOLDS} folds)\n{score}");
    }
    if let Some(out) = out {
        let model = train(&recordings.iter().chain(&extra).collect::<Vec<_>>());
        std::fs::write(out, model.to_string())?;
        let plan = DetectorPlan { model: Arc::new(model), ..DetectorPlan::default() };
        let mut score = Score::default();
        listen(&recordings.iter().collect::<Vec<_>>(), &plan, &mut score);
        println!("== the model written, on what it was trained on\n{score}");
    }
    Ok(())
}

/// The recordings of a fold, and a model that knows all others.
fn without<'a>(
    recordings: &'a [Recording],
    extra: &'a [Recording],
    key: fn(&Labelled) -> &str,
    fold: u32,
) -> (Vec<&'a Recording>, Arc<Model>) {
    let (tried, mut known): (Vec<&Recording>, Vec<&Recording>) =
        recordings.iter().partition(|recording| hash(key(&recording.label)) % FOLDS == fold);
    known.extend(extra);
    (tried, Arc::new(train(&known)))
}

fn listen(recordings: &[&Recording], plan: &DetectorPlan, score: &mut Score) {
    for recording in recordings {
        score.add(recording.label.clone(), Listening::to(&recording.samples, plan));
    }
}

fn load(path: &Path, copies: u32) -> anyhow::Result<Vec<Recording>> {
    let labels = manifest::read(path)?;
    let count = |what: &dyn Fn(&Labelled) -> bool| labels.iter().filter(|label| what(label)).count() as f64;
    labels
        .iter()
        .map(|label| {
            let samples = sound_file::read(&label.path).with_context(|| label.path.display().to_string())?;
            // Half by the set, half by service, so that neither the rare nor the usual is forgotten.
            let of_class = count(&|other| other.class == label.class);
            let of_truth = count(&|other| other.truth == label.truth);
            let weight = 0.5 * service_share(&label.class).unwrap_or(0.0) / of_class + 0.5 / of_truth;
            Ok(Recording { label: label.clone(), samples, weight, copies })
        })
        .collect()
}

fn train(recordings: &[&Recording]) -> Model {
    let mut frames = Vec::new();
    let blank = Arc::new(Model::new([0.0; VOICE_FEATURES + 1], Vec::new()));
    for recording in recordings {
        frames.extend(voice_cases(recording, &blank));
    }
    let voice: [f32; VOICE_FEATURES + 1] =
        logistic::fit(&frames).try_into().unwrap_or([0.0; VOICE_FEATURES + 1]);
    let ears = Arc::new(Model::new(voice, Vec::new()));
    let mut moments = Vec::new();
    for recording in recordings {
        for copy in 0..recording.copies {
            moments.extend(talk_moments(recording, copy, &ears));
        }
    }
    let names = talk_feature_names();
    Model::new(voice, boosting::grow(&moments, GROWTH, |feature| !NOT_ASKED.contains(&names[feature])))
}

/// The frames that are surely speech or surely none.
fn voice_cases(recording: &Recording, model: &Arc<Model>) -> Vec<Case<VOICE_FEATURES>> {
    let label = &recording.label;
    if !matches!(label.truth.as_str(), "human" | "machine" | "silence") {
        return Vec::new();
    }
    let plan = DetectorPlan { model: Arc::clone(model), ..DetectorPlan::default() };
    let mut detector = Detector::new(&plan);
    let mut cases = Vec::new();
    let (start, end) = (label.speech_start_s.unwrap_or(1e9), label.first_end_s.unwrap_or(1e9));
    // Soon after the first utterance others may follow.
    let quiet = if label.beep_start_s.is_some() { 0.3 } else { 0.6 };
    let stop = label.beep_start_s.unwrap_or(1e9);
    for (n, frame) in recording.samples.as_chunks::<FRAME>().0.iter().enumerate() {
        detector.feed(frame);
        let middle = 0.02 * n as f64 + 0.01;
        let yes = middle > start + 0.02 && middle < end - 0.02;
        let no =
            middle < start - 0.02 || (middle > end + 0.04 && middle < end + quiet && middle < stop - 0.04);
        if yes || no {
            cases.push(Case { features: detector.evidence().voice, yes, weight: 0.0 });
        }
    }
    let noise = if label.noisy { 3.0 } else { 1.0 };
    let weight = noise / (cases.len().max(1) as f64).sqrt();
    cases.iter_mut().for_each(|case| case.weight = weight);
    cases
}

/// What is known at the moments the model will be asked.
fn talk_moments(recording: &Recording, copy: u32, model: &Arc<Model>) -> Vec<Moment> {
    let label = &recording.label;
    let machine = match label.truth.as_str() {
        "human" => false,
        "machine" | "music" => true,
        _ => return Vec::new(),
    };
    let plan = DetectorPlan { model: Arc::clone(model), ..DetectorPlan::default() };
    let mut detector = Detector::new(&plan);
    let (samples, later_s) = varied(&recording.samples, copy, hash(&label.path.to_string_lossy()));
    let stop = label.beep_start_s.unwrap_or(1e9) + later_s;
    // Recordings differ in how many moments they give; a whole class of the set weighs as much as all its people.
    let weight = (recording.weight * 1000.0 / f64::from(recording.copies) / 30.0) as f32;
    let mut moments = Vec::new();
    for (n, frame) in samples.as_chunks::<FRAME>().0.iter().enumerate() {
        detector.feed(frame);
        if n % 4 != 3 || 0.02 * n as f64 > stop {
            continue;
        }
        if let Some(features) = detector.evidence().talk
            && features[1] <= 6.0
            && features[10] >= 0.12
        {
            moments.push(Moment { features, machine, weight });
        }
    }
    moments
}

/// The recording as another line would have brought it, and by how much later in seconds.
fn varied(samples: &[i16], copy: u32, seed: u32) -> (Vec<i16>, f64) {
    let mut chance = u64::from(seed) * 2_654_435_761 + u64::from(copy) * 97 + 1;
    let mut next = || {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        (chance >> 40) as f32 / (1 << 24) as f32
    };
    if copy == 0 {
        return (samples.to_vec(), 0.0);
    }
    for _ in 0..8 {
        next();
    }
    let gain = 10_f32.powf((next() * 14.0 - 9.0) / 20.0);
    let noise = if copy.is_multiple_of(2) { 0.0 } else { 10_f32.powf(next() * 1.7) * 4.0 };
    let later = (next() * 8.0) as usize * 20;
    let mut sound: Vec<i16> = vec![0; later];
    sound.extend_from_slice(samples);
    let mixed = sound.iter().map(|x| (f32::from(*x) * gain + (next() - 0.5) * noise) as i16).collect();
    (mixed, later as f64 / 8000.0)
}

fn sentence(label: &Labelled) -> &str {
    label.source.split_once('|').map_or(&label.source, |(_, sentence)| sentence)
}

fn voice(label: &Labelled) -> &str {
    label.source.split_once('|').map_or(&label.source, |(voice, _)| voice)
}

fn hash(text: &str) -> u32 {
    text.bytes().fold(2_166_136_261, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619))
}
