//! `obzvon detect`: who answered, by recordings; with a table of truths, how right the detector is.

mod announcements;
mod learning;
pub mod listening;
pub mod manifest;
pub mod score;
pub mod sound_file;
mod sweep;
mod words;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::{Value, json};

use super::screen_language::{parse_language, screen_language};
use crate::detect::DetectorPlan;
use crate::domain::verdict::Heard;
use crate::domain::{Announcement, Language};
use listening::Listening;
use score::Score;

/// Tells who or what answered: a person, a machine, a tone, music, silence.
#[derive(Debug, Default, Args)]
pub struct Detect {
    /// Prints one JSON object a file.
    #[arg(long)]
    json: bool,
    /// Shows what other settings would have said of the same recordings.
    #[arg(long)]
    sweep: bool,
    /// Recordings with the truth about them (columns `file` and `truth`, tabs between): prints how right the verdicts
    /// are and how soon they came.
    #[arg(long)]
    manifest: Option<PathBuf>,
    /// The language of the screen: ru or en.
    #[arg(long, value_parser = parse_language)]
    lang: Option<Language>,
    /// Announcements of operators to know again.
    #[arg(long, value_name = "FILE")]
    announcements: Option<PathBuf>,
    /// Adds the recordings to the announcements under this name: each one sound of an operator, from its first word on.
    #[arg(long, value_name = "NAME", requires_all = ["announcements", "kind"])]
    learn: Option<String>,
    /// What the announcement to learn tells: busy, not_in_service or switched_off.
    #[arg(long, value_parser = parse_kind, requires = "learn")]
    kind: Option<Announcement>,
    /// WAV files: 8 kHz, A-law, µ-law or 16 bits, of two channels the left; the sound begins with the answer.
    files: Vec<PathBuf>,
}

impl Detect {
    /// Prints a line a file. A file that cannot be read is told of and makes the exit code 1; the others are heard.
    ///
    /// # Errors
    /// When there is nothing to hear, or the table of truths cannot be read.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        if self.files.is_empty() && self.manifest.is_none() {
            bail!("nothing to hear: name WAV files, or a table of them with --manifest");
        }
        let language = screen_language(self.lang);
        let library = announcements::read(self.announcements.as_deref(), self.learn.is_some())?;
        if let (Some(name), Some(kind), Some(path)) = (&self.learn, self.kind, &self.announcements) {
            let told = announcements::learn(path, library, (name, kind), &self.files, language)?;
            told.iter().for_each(|line| println!("{line}"));
            return Ok(ExitCode::SUCCESS);
        }
        let plan = DetectorPlan { library: Arc::new(library), ..DetectorPlan::default() };
        let mut broken = false;
        let mut read = |path: &Path| match sound_file::read(path) {
            Ok(samples) => Some(samples),
            Err(fault) => {
                eprintln!("obzvon: {}: {}", path.display(), fault.words(language));
                broken = true;
                None
            }
        };
        if let Some(table) = &self.manifest {
            let labels = manifest::read(table)?;
            let recordings: Vec<_> = labels
                .into_iter()
                .filter_map(|label| read(&label.path).map(|samples| (label, samples)))
                .collect();
            if recordings.is_empty() {
                let none = language
                    .pick("no recording in it to hear", "в ней нет записей, которые можно прослушать");
                bail!("{}: {none}", table.display());
            }
            if self.sweep {
                print!("{}", sweep::by_truth(&recordings, language));
            } else {
                let mut score = Score::default();
                for (label, samples) in recordings {
                    score.add(label, Listening::to(&samples, &plan));
                }
                print!("{score}");
            }
        }
        if self.sweep {
            let recordings: Vec<_> = self.files.iter().filter_map(|path| read(path)).collect();
            if !recordings.is_empty() {
                print!("{}", sweep::by_count(&recordings, language));
            }
        } else {
            for path in &self.files {
                if let Some(samples) = read(path) {
                    let heard = Listening::to(&samples, &plan);
                    let line =
                        if self.json { as_json(path, &heard)? } else { words::line(path, &heard, language) };
                    println!("{line}");
                }
            }
        }
        Ok(if broken { ExitCode::from(1) } else { ExitCode::SUCCESS })
    }
}

fn parse_kind(code: &str) -> Result<Announcement, String> {
    Announcement::parse(code).ok_or_else(|| "busy, not_in_service or switched_off".to_owned())
}

fn as_json(path: &Path, heard: &Listening) -> anyhow::Result<String> {
    let events: Vec<Value> = heard.events.iter().map(event).collect();
    let line = json!({
        "file": path.display().to_string(),
        "verdict": heard.last.verdict.code(),
        "t_ms": heard.last.at_ms,
        "confidence": round(heard.last.confidence),
        "beep_start_ms": heard.beep.map(|(start, _)| start),
        "beep_end_ms": heard.beep.and_then(|(_, end)| end),
        "events": events,
    });
    serde_json::to_string(&line).context("writing JSON")
}

fn event(heard: &Heard) -> Value {
    match heard {
        Heard::Announced { says, at_ms } => {
            json!({ "event": "announcement", "kind": says.code(), "t_ms": at_ms })
        }
        Heard::BeepEnded { at_ms } => json!({ "event": "beep_end", "t_ms": at_ms }),
        Heard::BeepStarted { at_ms } => json!({ "event": "beep_start", "t_ms": at_ms }),
        Heard::FellSilent { at_ms } => json!({ "event": "fell_silent", "t_ms": at_ms }),
        Heard::SpokeAgain { at_ms } => json!({ "event": "spoke_again", "t_ms": at_ms }),
        Heard::Verdict { verdict, at_ms, confidence, features } => json!({
            "event": "verdict",
            "verdict": verdict.code(),
            "t_ms": at_ms,
            "confidence": round(*confidence),
            "features": features,
        }),
    }
}

/// To thousandths.
fn round(confidence: f32) -> f64 {
    (f64::from(confidence) * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Detector;
    use crate::domain::verdict::{Features, Verdict};
    use listening::Judged;

    #[test]
    fn a_line_of_json_has_the_promised_keys_and_nulls() {
        let verdict = Judged { verdict: Verdict::Human, at_ms: 1340, confidence: 0.912_34 };
        let features =
            Features { first_word_ms: Some(620), first_utterance_ms: Some(440), ..Features::default() };
        let said = Heard::Verdict { verdict: Verdict::Human, at_ms: 1340, confidence: 0.912_34, features };
        let heard = Listening { last: verdict, first: verdict, beep: None, events: vec![said] };
        assert_eq!(
            as_json(Path::new("a.wav"), &heard).unwrap(),
            r#"{"file":"a.wav","verdict":"human","t_ms":1340,"confidence":0.912,"beep_start_ms":null,"beep_end_ms":null,"events":[{"event":"verdict","verdict":"human","t_ms":1340,"confidence":0.912,"features":{"by":"speech","first_word_ms":620,"first_utterance_ms":440}}]}"#
        );
    }

    #[test]
    fn a_broken_file_is_told_of_by_the_exit_code_and_the_others_are_heard() {
        let folder = tempfile::tempdir().unwrap();
        let broken = folder.path().join("broken.wav");
        std::fs::write(&broken, "words").unwrap();
        let whole = PathBuf::from("prompts/ru/zdravstvujte-end.wav");
        let run = |files: Vec<PathBuf>| {
            let detect = Detect { json: true, files, ..Detect::default() };
            detect.run()
        };
        assert_eq!(run(vec![whole.clone()]).unwrap(), ExitCode::SUCCESS);
        assert_eq!(run(vec![broken, whole]).unwrap(), ExitCode::from(1));
        assert!(run(Vec::new()).is_err());
    }

    /// `OBZVON_LABELLED` names a table of labelled recordings; without it there is nothing to hear.
    #[test]
    fn labelled_recordings_are_heard_as_well_as_promised() {
        let Ok(table) = std::env::var("OBZVON_LABELLED") else { return };
        let mut score = Score::default();
        for label in manifest::read(Path::new(&table)).unwrap() {
            let heard = Listening::to(&sound_file::read(&label.path).unwrap(), &DetectorPlan::default());
            score.add(label, heard);
        }
        let missed = score.missed_goals();
        assert!(missed.is_empty(), "{missed:?}\n{score}");
    }

    /// As above. Nothing looks ahead, and packets of any length say the same.
    #[test]
    fn labelled_recordings_cut_at_their_verdict_get_the_same_whatever_their_packets() {
        let Ok(table) = std::env::var("OBZVON_LABELLED") else { return };
        for label in manifest::read(Path::new(&table)).unwrap() {
            let file = label.path.display();
            let samples = sound_file::read(&label.path).unwrap();
            let whole = Listening::to(&samples, &DetectorPlan::default());
            let cut = Listening::to(&samples[..8 * whole.last.at_ms as usize], &DetectorPlan::default());
            assert_eq!(cut.last, whole.last, "{file}");
            for ms in [10, 30, 60] {
                let mut detector = Detector::new(&DetectorPlan::default());
                let events: Vec<_> =
                    samples.chunks(8 * ms).flat_map(|packet| detector.listen(packet)).collect();
                assert_eq!(events, whole.events, "{file} in packets of {ms} ms");
            }
        }
    }

    /// As above. What makes the detector quicker must not change its mind; who trains it anew writes the file anew.
    #[test]
    fn labelled_recordings_get_the_verdicts_they_had() {
        let Ok(table) = std::env::var("OBZVON_LABELLED") else { return };
        let had = include_str!("../../../tests/golden/detector_verdicts.tsv");
        let mut now = String::new();
        for label in manifest::read(Path::new(&table)).unwrap() {
            let heard = Listening::to(&sound_file::read(&label.path).unwrap(), &DetectorPlan::default());
            let file = label.path.file_name().unwrap().to_string_lossy();
            let at = if heard.events.is_empty() { "-".to_owned() } else { heard.last.at_ms.to_string() };
            now.push_str(&format!("{file}\t{}\t{at}\n", heard.last.verdict.code()));
        }
        let differ: Vec<_> = now.lines().zip(had.lines()).filter(|(now, had)| now != had).collect();
        assert!(
            differ.is_empty() && now.lines().count() == had.lines().count(),
            "now and before: {differ:#?}"
        );
    }
}
