//! Recordings with the truth about them: a table beside the sounds.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// A labelled recording.
#[derive(Clone, Debug)]
pub struct Labelled {
    pub path: PathBuf,
    /// human, machine, sit, busy, congestion, ringback, fax, silence or music.
    pub truth: String,
    /// Its class within the truth, as `human-short-ru`.
    pub class: String,
    /// What it was made from; recordings of one source share a fold.
    pub source: String,
    pub speech_start_s: Option<f64>,
    /// The end of the first utterance.
    pub first_end_s: Option<f64>,
    pub beep_start_s: Option<f64>,
    pub beep_end_s: Option<f64>,
    /// There is noise on the line.
    pub noisy: bool,
}

/// Reads a table with tabs between its columns and names in its first line: `file` and `truth` must be there, `cls`,
/// `source`, `speech_start_s`, `first_utt_end_s`, `beep_start_s`, `beep_end_s`, `snr_db` may. The files are looked for
/// beside the table and in the folder `wav` there.
///
/// # Errors
/// When the table cannot be read or lacks a column, or a line a value.
pub fn read(path: &Path) -> anyhow::Result<Vec<Labelled>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut lines = text.lines();
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
        let file = cell("file");
        let inside = folder.join("wav").join(file);
        found.push(Labelled {
            path: if inside.exists() { inside } else { folder.join(file) },
            truth: cell("truth").to_owned(),
            class: cell("cls").to_owned(),
            source: cell("source").to_owned(),
            speech_start_s: seconds("speech_start_s")?,
            first_end_s: seconds("first_utt_end_s")?,
            beep_start_s: seconds("beep_start_s")?,
            beep_end_s: seconds("beep_end_s")?,
            noisy: seconds("snr_db")?.is_some(),
        });
    }
    Ok(found)
}
