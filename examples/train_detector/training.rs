//! Makes a model of recordings: first what speech is, then, with ears that know it, who speaks.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use obzvon::cli::detect::manifest::{self, Labelled};
use obzvon::cli::detect::score::service_share;
use obzvon::cli::detect::sound_file;
use obzvon::detect::{
    Detector, DetectorPlan, FRAME, MUSIC_FEATURES, Model, TALK_FEATURES, Tree, VOICE_FEATURES,
    talk_feature_names,
};

use crate::boosting::{self, Case, Growth};
use crate::logistic;
use crate::variation::{Varied, crowd};

/// Too near the recording's own line for other lines.
const NOT_ASKED: [&str; 6] = ["floor", "peak", "l_harm", "l_flat", "l_change", "l_dev"];
const OF_FRAMES: Growth = Growth { trees: 60, rate: 0.15, ridge: 20.0, least: 20.0 };
const OF_MOMENTS: Growth = Growth { trees: 250, rate: 0.08, ridge: 8.0, least: 4.0 };
const OF_MUSIC: Growth = Growth { trees: 100, rate: 0.15, ridge: 20.0, least: 20.0 };
/// As it is, and faster or slower: with noise or talk upon it a tune is like speech upon a tune.
const COPIES_OF_TUNES: u32 = 2;
/// How much a moment in the first pause counts beside others: there a person is told.
const TELLING: f32 = 1.5;

/// A labelled recording to learn from.
pub struct Recording {
    pub label: Labelled,
    pub samples: Vec<i16>,
    /// How much its set counts.
    worth: f32,
    /// Of its frames in all training, before the class's share.
    weight: f64,
    /// How often it is taken, each time varied.
    copies: u32,
}

/// Reads a table's recordings; each is to be taken so many times, and all together count so much.
///
/// # Errors
/// The first that cannot be read.
pub fn load(path: &Path, copies: u32, worth: f64) -> anyhow::Result<Vec<Recording>> {
    let labels = manifest::read(path)?;
    let count = |what: &dyn Fn(&Labelled) -> bool| labels.iter().filter(|label| what(label)).count() as f64;
    labels
        .iter()
        .map(|label| {
            let samples = sound_file::read(&label.path).with_context(|| label.path.display().to_string())?;
            // Half by the set, half by service, so that neither the rare nor the usual is forgotten.
            let of_class = count(&|other| other.class == label.class);
            let of_truth = count(&|other| other.truth == label.truth);
            let share = service_share(&label.class).unwrap_or(0.0);
            let weight = worth * (0.5 * share / of_class + 0.5 / of_truth);
            Ok(Recording { label: label.clone(), samples, weight, copies, worth: worth as f32 })
        })
        .collect()
}

/// A model of all these recordings.
pub fn train(recordings: &[&Recording]) -> Model {
    let blank = Arc::new(Model::new([0.0; VOICE_FEATURES + 1], Vec::new(), Vec::new()));
    let crowd = crowd_of(recordings);
    let mut frames = Vec::new();
    for recording in recordings {
        for copy in 0..recording.copies {
            frames.extend(frames_of(recording, copy, &crowd, &blank));
        }
    }
    let voice: [f32; VOICE_FEATURES + 1] =
        logistic::fit(&frames).try_into().unwrap_or([0.0; VOICE_FEATURES + 1]);
    let linear = Model::new(voice, Vec::new(), Vec::new());
    frames.iter_mut().for_each(|case| case.odds = linear.speech(&case.features));
    let trees = boosting::grow(&frames, OF_FRAMES, |_| true);
    let ears = Arc::new(Model::new(voice, trees.clone(), Vec::new()));
    let mut moments = Vec::new();
    for recording in recordings {
        for copy in 0..recording.copies {
            moments.extend(moments_of(recording, copy, &crowd, &ears));
        }
    }
    let names = talk_feature_names();
    let allowed = |feature: usize| !NOT_ASKED.contains(&names[feature]);
    Model::new(voice, trees, boosting::grow(&moments, OF_MOMENTS, allowed)).with_music(music(recordings))
}

/// What music sounds like, beside the speech of people and of machines.
pub fn music(recordings: &[&Recording]) -> Vec<Tree> {
    let crowd = crowd_of(recordings);
    let pieces: Vec<_> = recordings.iter().flat_map(|recording| pieces_of(recording, &crowd)).collect();
    boosting::grow(&pieces, OF_MUSIC, |_| true)
}

fn crowd_of(recordings: &[&Recording]) -> Vec<f32> {
    let talkers: Vec<&[i16]> = recordings
        .iter()
        .filter(|recording| recording.label.truth == "machine" && !recording.label.noisy)
        .step_by(5)
        .map(|recording| &recording.samples[..])
        .collect();
    crowd(&talkers)
}

/// The frames that are surely speech or surely none.
fn frames_of(
    recording: &Recording,
    copy: u32,
    crowd: &[f32],
    model: &Arc<Model>,
) -> Vec<Case<VOICE_FEATURES>> {
    let label = &recording.label;
    if !matches!(label.truth.as_str(), "human" | "machine" | "silence") {
        return Vec::new();
    }
    let mut detector = Detector::new(&plan(model));
    let varied = Varied::of(&recording.samples, copy, hash(&label.path.to_string_lossy()), crowd);
    let at = |s: Option<f64>| s.map_or(1e9, |s| varied.at(s));
    let (start, end) = (at(label.speech_start_s), at(label.first_end_s));
    // Soon after the first utterance others may follow.
    let quiet = if label.beep_start_s.is_some() { 0.3 } else { 0.6 };
    let stop = at(label.beep_start_s);
    let mut cases = Vec::new();
    for (n, frame) in varied.samples.as_chunks::<FRAME>().0.iter().enumerate() {
        detector.feed(frame);
        let middle = 0.02 * n as f64 + 0.01;
        let yes = middle > start + 0.02 && middle < end - 0.02;
        let no =
            middle < start - 0.02 || (middle > end + 0.04 && middle < end + quiet && middle < stop - 0.04);
        // Of varied copies every second frame, to save time.
        if (yes || no) && (copy == 0 || n.is_multiple_of(2)) {
            cases.push(Case { features: detector.voice_evidence(), yes, weight: 0.0, odds: 0.0 });
        }
    }
    let noise = if label.noisy { 3.0 } else { 1.0 } * recording.worth;
    let weight = noise / (cases.len().max(1) as f32).sqrt() / recording.copies as f32;
    cases.iter_mut().for_each(|case| case.weight = weight);
    cases
}

/// What is known at the moments the model will be asked.
pub fn moments_of(
    recording: &Recording,
    copy: u32,
    crowd: &[f32],
    model: &Arc<Model>,
) -> Vec<Case<TALK_FEATURES>> {
    let label = &recording.label;
    let yes = match label.truth.as_str() {
        "human" => false,
        "machine" | "music" => true,
        _ => return Vec::new(),
    };
    let mut detector = Detector::new(&plan(model));
    let varied = Varied::of(&recording.samples, copy, hash(&label.path.to_string_lossy()), crowd);
    let stop = label.beep_start_s.map_or(1e9, |s| varied.at(s));
    // Recordings differ in how many moments they give; a whole class of the set weighs as much as all its people.
    let weight = (recording.weight * 1000.0 / f64::from(recording.copies) / 30.0) as f32;
    let mut moments = Vec::new();
    for (n, frame) in varied.samples.as_chunks::<FRAME>().0.iter().enumerate() {
        detector.feed(frame);
        if n % 2 != 1 || 0.02 * n as f64 > stop {
            continue;
        }
        if let Some(features) = detector.talk_evidence()
            && features[1] <= 6.0
            && features[10] >= 0.12
        {
            let telling = (0.05..=0.4).contains(&features[3]);
            if telling || n % 4 == 3 {
                let weight = if telling { TELLING * weight } else { weight };
                moments.push(Case { features, yes, weight, odds: 0.0 });
            }
        }
    }
    moments
}

/// What three seconds of a tune, or of somebody's speech, sound like.
fn pieces_of(recording: &Recording, crowd: &[f32]) -> Vec<Case<MUSIC_FEATURES>> {
    let label = &recording.label;
    let (yes, copies, weight) = match label.truth.as_str() {
        "human" | "machine" => (false, recording.copies, 1.0),
        "music" => (true, COPIES_OF_TUNES, 3.0),
        _ => return Vec::new(),
    };
    let weight = weight / copies as f32;
    let mut pieces = Vec::new();
    for copy in 0..copies {
        let varied = Varied::of(&recording.samples, copy, hash(&label.path.to_string_lossy()), crowd);
        let mut detector = Detector::new(&DetectorPlan::default());
        for (n, frame) in varied.samples.as_chunks::<FRAME>().0.iter().enumerate() {
            detector.feed(frame);
            if n.is_multiple_of(10)
                && let Some(features) = detector.music_evidence()
            {
                pieces.push(Case { features, yes, weight, odds: 0.0 });
            }
        }
    }
    pieces
}

fn plan(model: &Arc<Model>) -> DetectorPlan {
    DetectorPlan { model: Arc::clone(model), ..DetectorPlan::default() }
}

/// The same number for the same text.
pub fn hash(text: &str) -> u32 {
    text.bytes().fold(2_166_136_261, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619))
}
