//! Rejected rows back as a file: the columns as they came, with the line and the reason after them.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::cell::neutralise;
use super::{ImportFault, Reason, Record};
use crate::domain::Language;

/// A CSV file that appears with its first row, in the form spreadsheets open without asking: UTF-8 with a byte
/// order mark, semicolons.
#[derive(Debug)]
pub struct RejectedFile {
    path: PathBuf,
    language: Language,
    header: Vec<String>,
    writer: Option<csv::Writer<BufWriter<File>>>,
}

impl RejectedFile {
    pub fn new(path: &Path, language: Language) -> Self {
        Self { path: path.to_owned(), language, header: Vec::new(), writer: None }
    }

    /// Keeps the header for the first row.
    pub fn heading(&mut self, header: &[String]) {
        header.clone_into(&mut self.header);
    }

    /// Writes one row.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn write(&mut self, record: &Record, reasons: &[Reason]) -> Result<(), ImportFault> {
        let language = self.language;
        self.write_words(record, reasons.iter().map(|reason| (reason.code(), reason.text(language))))
    }

    /// Writes one row with each reason's code and words.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn write_words<W: std::fmt::Display>(
        &mut self,
        record: &Record,
        reasons: impl Iterator<Item = (&'static str, W)>,
    ) -> Result<(), ImportFault> {
        let columns = self.header.len();
        let words: Vec<String> = reasons.map(|(code, words)| format!("{code}: {words}")).collect();
        let own = [record.line.to_string(), words.join("; ")];
        let cells = (0..columns).map(|at| neutralise(record.cell(at)).into_owned());
        let writer = self.writer().map_err(|source| ImportFault::Write { source })?;
        writer.write_record(cells.chain(own)).map_err(wrote)
    }

    /// Ends the file; `Some`: it was written.
    ///
    /// # Errors
    /// When its end can't be written.
    pub fn finish(self) -> Result<Option<PathBuf>, ImportFault> {
        let Some(mut writer) = self.writer else { return Ok(None) };
        writer.flush().map_err(|source| ImportFault::Write { source })?;
        Ok(Some(self.path))
    }

    /// Takes the file back: the list had a fault, and nothing of it is kept.
    pub fn discard(self) {
        if self.writer.is_some() {
            // Left behind it would be a harmless list of some rows; the fault itself is what matters.
            std::fs::remove_file(&self.path).ok();
        }
    }

    fn writer(&mut self) -> io::Result<&mut csv::Writer<BufWriter<File>>> {
        if self.writer.is_none() {
            let mut file = BufWriter::new(create_private(&self.path)?);
            file.write_all(b"\xEF\xBB\xBF")?;
            let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(file);
            let header = self.header.iter().map(|header| neutralise(header).into_owned());
            writer.write_record(header.chain(["line".to_owned(), "reason".to_owned()]))?;
            self.writer = Some(writer);
        }
        Ok(self.writer.as_mut().expect("made above"))
    }
}

/// Debtors' data: nobody else may read the file.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn wrote(fault: csv::Error) -> ImportFault {
    ImportFault::Write { source: fault.into() }
}
