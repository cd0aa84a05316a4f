//! Recordings with the truth about them: a table beside the sounds.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// A labelled recording.
#[derive(Clone, Debug)]
pub struct Labelled {
    pub path: PathBuf,
    /// One of [`TRUTHS`].
    pub truth: String,
    /// Its class within the truth, as `human-short-ru`; the truth itself where the table has none.
    pub class: String,
    /// What it was made from; recordings of one source share a fold.
    pub source: String,
    pub speech_start_s: Option<f64>,
    /// The end of the first utterance.
    pub first_end_s: Option<f64>,
    pub beep_start_s: Option<f64>,
    pub beep_end_s: Option<f64>,
    /// The table tells whether there is a beep.
    pub beep_known: bool,
    /// There is noise on the line.
    pub noisy: bool,
}

/// What a recording can be.
const TRUTHS: [&str; 9] =
    ["human", "machine", "sit", "busy", "congestion", "ringback", "fax", "silence", "music"];

/// Reads a table with tabs between its columns and names in its first line: `file` and `truth` must be there, `cls`,
/// `source`, `speech_start_s`, `first_utt_end_s`, `beep_start_s`, `beep_end_s`, `snr_db` may. The files are looked for
/// beside the table and in the folder `wav` there.
///
/// # Errors
/// When the table cannot be read or lacks a column, or a line a value, or its truth is none of [`TRUTHS`].
pub fn read(path: &Path) -> anyhow::Result<Vec<Labelled>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let columns: HashMap<&str, usize> = lines.next().unwrap_or_default().split('\t').zip(0..).collect();
    for needed in ["file", "truth"] {
        if !columns.contains_key(needed) {
            bail!("{}: no column {needed}", path.display());
        }
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut found = Vec::new();
    for (number, line) in (2..).zip(lines).filter(|(_, line)| !line.is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |name: &str| columns.get(name).and_then(|at| cells.get(*at)).copied().unwrap_or("-");
        let seconds = |name: &str| -> anyhow::Result<Option<f64>> {
            match cell(name) {
                "-" | "" => Ok(None),
                text => Ok(Some(text.parse().with_context(|| format!("line {number}: {name} {text:?}"))?)),
            }
        };
        let (file, truth) = (cell("file"), cell("truth"));
        if !TRUTHS.contains(&truth) {
            let known = TRUTHS.join(", ");
            bail!("{}: line {number}: the truth {truth:?} is none of {known}", path.display());
        }
        let inside = folder.join("wav").join(file);
        found.push(Labelled {
            path: if inside.exists() { inside } else { folder.join(file) },
            truth: truth.to_owned(),
            class: Some(cell("cls")).filter(|class| !matches!(*class, "-" | "")).unwrap_or(truth).to_owned(),
            source: cell("source").to_owned(),
            speech_start_s: seconds("speech_start_s")?,
            first_end_s: seconds("first_utt_end_s")?,
            beep_start_s: seconds("beep_start_s")?,
            beep_end_s: seconds("beep_end_s")?,
            beep_known: columns.contains_key("beep_end_s"),
            noisy: seconds("snr_db")?.is_some(),
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::detect::listening::Listening;
    use crate::cli::detect::score::Score;
    use crate::detect::DetectorPlan;

    fn table(text: &str) -> anyhow::Result<Vec<Labelled>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("truth.tsv");
        std::fs::write(&path, text).unwrap();
        read(&path)
    }

    #[test]
    fn a_mark_at_the_head_of_the_table_is_no_part_of_its_first_name() {
        let labels = table("\u{feff}file\ttruth\r\na.wav\thuman\r\n").unwrap();
        assert_eq!((labels.len(), &*labels[0].truth, &*labels[0].class), (1, "human", "human"));
    }

    #[test]
    fn a_truth_that_nobody_knows_is_told_with_its_line_and_the_words_there_are() {
        let fault = table("file\ttruth\na.wav\thuman\nb.wav\tperson\n").unwrap_err().to_string();
        assert!(fault.ends_with(&format!("line 3: the truth \"person\" is none of {}", TRUTHS.join(", "))));
    }

    #[test]
    fn what_a_table_of_files_and_truths_alone_does_not_know_is_said_to_be_unknown() {
        let score = |text: &str| {
            let mut score = Score::default();
            for label in table(text).unwrap() {
                score.add(label, Listening::to(&[0; 8 * 3000], &DetectorPlan::default()));
            }
            score
        };
        let bare = score("file\ttruth\na.wav\thuman\nb.wav\tmachine\n");
        let said = format!("{bare}{}", bare.brief());
        assert!(!said.contains("NaN") && said.contains("service mix unknown"), "{said}");
        assert!(said.contains("beeps on machines without one: unknown"), "{said}");
        let lost = "people lost, service mix: inf, at most 0.02".to_owned();
        assert!(bare.missed_goals().contains(&lost), "what is unknown is not reached");
        let full = score("file\ttruth\tcls\tbeep_end_s\nb.wav\tmachine\tmachine-ru\t-\n").to_string();
        assert!(full.contains("beeps on machines without one: 0 of 1"), "{full}");
    }
}
