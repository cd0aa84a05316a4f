//! Trains the detector's model from labelled recordings and tells how good it is on recordings it was not trained on.
//!
//! `cargo run --release --example train_detector -- MANIFEST [MORE...] [--keep MODEL] [--out src/detect/model.txt]`: without
//! `--out` it only tells. `MANIFEST` is tried and trained on, `MORE` (as `scripts/greetings` makes them) only trained on. With
//! `--keep` it trains only what music sounds like and takes what it knows of speech from that model; the folds then are
//! unknown to it in music alone. Training takes each recording as it is and again faster or slower, louder or fainter, later,
//! with noise and with other people talking. Folds: by sentence, then by voice, so that neither is known to a model that is
//! tried on it.

#![allow(clippy::disallowed_methods, reason = "a program for developers")]

mod boosting;
mod logistic;
mod training;
mod variation;

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use obzvon::cli::detect::listening::Listening;
use obzvon::cli::detect::manifest::Labelled;
use obzvon::cli::detect::score::Score;
use obzvon::detect::{DetectorPlan, Model};
use training::{Recording, hash, load, music, train};

const FOLDS: u32 = 5;
const COPIES: u32 = 4;
/// How much all the recordings of one more table count beside those of the first, together.
const WORTH_OF_MORE: f64 = 0.4;

fn main() -> anyhow::Result<()> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let mut taken = |option: &str| match words.iter().position(|word| word == option) {
        Some(at) if at + 1 < words.len() => words.drain(at..at + 2).nth(1),
        _ => None,
    };
    let (out, keep) = (taken("--out"), taken("--keep"));
    let keep = keep
        .map(|path| Ok::<_, anyhow::Error>(Model::parse(&std::fs::read_to_string(path)?)?))
        .transpose()?;
    let usage = "train_detector MANIFEST [MORE...] [--keep MODEL] [--out FILE]";
    let (path, more) = words.split_first().context(usage)?;
    let recordings = load(Path::new(path), COPIES, 1.0)?;
    let mut extra = Vec::new();
    for path in more {
        extra.extend(load(Path::new(path), 1, WORTH_OF_MORE)?);
    }
    // Of the recorded announcements some are in the first set, too.
    extra.retain(|recording| !recording.label.class.starts_with("machine-prompt"));
    for (name, key) in [("sentence", sentence as fn(&Labelled) -> &str), ("voice", voice)] {
        let mut score = Score::default();
        for fold in 0..FOLDS {
            let (tried, model) = without(&recordings, &extra, (key, fold), keep.as_ref());
            listen(&tried, &DetectorPlan { model, ..DetectorPlan::default() }, &mut score);
        }
        println!("== each {name} unknown to the model that was tried on it ({FOLDS} folds)\n{score}");
    }
    if let Some(out) = out {
        let model = trained(&recordings.iter().chain(&extra).collect::<Vec<_>>(), keep.as_ref());
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
    (key, fold): (fn(&Labelled) -> &str, u32),
    keep: Option<&Model>,
) -> (Vec<&'a Recording>, Arc<Model>) {
    let (tried, mut known): (Vec<&Recording>, Vec<&Recording>) =
        recordings.iter().partition(|recording| hash(key(&recording.label)) % FOLDS == fold);
    known.extend(extra);
    (tried, Arc::new(trained(&known, keep)))
}

fn trained(recordings: &[&Recording], keep: Option<&Model>) -> Model {
    match keep {
        Some(model) => model.clone().with_music(music(recordings)),
        None => train(recordings),
    }
}

fn listen(recordings: &[&Recording], plan: &DetectorPlan, score: &mut Score) {
    for recording in recordings {
        score.add(recording.label.clone(), Listening::to(&recording.samples, plan));
    }
}

fn sentence(label: &Labelled) -> &str {
    label.source.split_once('|').map_or(&label.source, |(_, sentence)| sentence)
}

fn voice(label: &Labelled) -> &str {
    label.source.split_once('|').map_or(&label.source, |(voice, _)| voice)
}
