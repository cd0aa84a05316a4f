//! The file is read on a thread of its own and its rows cross over in batches.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use tokio::sync::mpsc;

use crate::domain::{ImportRow, Language};
use crate::import::{
    Column, Counts, ImportFault, Item, Mapping, Options, Reason, Record, RejectedFile, read_list,
};
use crate::store::{Comparison, ImportRun};

/// What to read, and where to put what is wrong with it.
#[derive(Debug)]
pub struct Job {
    pub file: PathBuf,
    pub options: Options,
    pub rejected: PathBuf,
    /// Of the reasons in the file of rejected rows.
    pub language: Language,
}

/// Hears how far the work is: so much of so much. The unit is that of what is being done.
#[derive(Clone)]
pub struct Told(Arc<dyn Fn(u64, u64) + Send + Sync>);

impl Told {
    pub fn new(hear: impl Fn(u64, u64) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }

    pub(super) fn tell(&self, done: u64, all: u64) {
        (self.0)(done, all);
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Told")
    }
}

/// A row that was rejected. The debt's id is the list's own word: it is for whoever reads the list in, not for logs.
#[derive(Clone, PartialEq, Eq)]
pub struct FaultyRow {
    pub line: u64,
    pub debt: String,
    pub reasons: Vec<Reason>,
}

impl fmt::Debug for FaultyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultyRow")
            .field("line", &self.line)
            .field("reasons", &self.reasons)
            .finish_non_exhaustive()
    }
}

/// What the reading came to.
#[derive(Debug)]
pub struct Reading {
    pub counts: Counts,
    pub mapping: Mapping,
    /// The first rejected rows.
    pub faulty: Vec<FaultyRow>,
    /// The file of rejected rows, where there are some.
    pub rejected: Option<PathBuf>,
}

/// Rows in a batch, and batches under way: what memory holds of the file.
const BATCH: usize = 512;
const UNDER_WAY: usize = 8;
/// Rejected rows that are told one by one; all of them are in the file.
const FAULTY_TOLD: usize = 20;

/// Where the sound rows go.
#[derive(Debug)]
pub enum Rows<'a> {
    /// Held against what is in the store.
    Compare(&'a mut Comparison),
    /// Nowhere: there is no store yet.
    Drop,
    Stage(&'a mut ImportRun),
}

/// Reads the file and hands its sound rows on.
///
/// # Errors
/// When the store fails. A fault of the file is the inner one.
pub async fn read(job: Job, told: Told, mut to: Rows<'_>) -> anyhow::Result<Result<Reading, ImportFault>> {
    let (rows, mut batches) = mpsc::channel::<Vec<ImportRow>>(UNDER_WAY);
    let reading =
        tokio::task::spawn_blocking(move || read_file(job, &told, |batch| rows.blocking_send(batch).is_ok()));
    let mut taken = Ok(());
    while let Some(batch) = batches.recv().await {
        taken = match &mut to {
            Rows::Compare(comparison) => comparison.push(&batch).await,
            Rows::Drop => Ok(()),
            Rows::Stage(run) => run.push(&batch).await,
        };
        if taken.is_err() {
            // The reader finds the channel closed and stops.
            batches.close();
            break;
        }
    }
    let read = reading.await.context("reading the list")?;
    taken?;
    Ok(read)
}

/// `give` takes a batch of sound rows; `false`: nobody wants more.
fn read_file(job: Job, told: &Told, give: impl Fn(Vec<ImportRow>) -> bool) -> Result<Reading, ImportFault> {
    let mut rejected = RejectedFile::new(&job.rejected, job.language);
    let (mut read_by, mut batch, mut faulty) = (None, Vec::with_capacity(BATCH), Vec::new());
    let mut size = 0;
    let read = read_list(&job.file, &job.options, &mut |item| match item {
        Item::Heading { mapping, total } => {
            size = total;
            rejected.heading(&mapping.header);
            read_by = Some(mapping.clone());
            Ok(())
        }
        Item::Rejected { record, reasons, .. } => {
            if faulty.len() < FAULTY_TOLD {
                faulty.push(faulty_row(record, reasons, read_by.as_ref()));
            }
            rejected.write(record, reasons)
        }
        Item::Row { row, done } => {
            batch.push(row);
            if batch.len() < BATCH {
                return Ok(());
            }
            told.tell(done, size);
            let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
            if give(full) { Ok(()) } else { Err(ImportFault::Stopped) }
        }
    });
    let ended = read.and_then(|counts| if give(batch) { Ok(counts) } else { Err(ImportFault::Stopped) });
    match ended {
        Ok(counts) => {
            let mapping = read_by.expect("a list that was read has a header");
            Ok(Reading { counts, mapping, faulty, rejected: rejected.finish()? })
        }
        Err(fault) => {
            rejected.discard();
            Err(fault)
        }
    }
}

fn faulty_row(record: &Record, reasons: &[Reason], mapping: Option<&Mapping>) -> FaultyRow {
    let at = mapping.and_then(|mapping| mapping.at(Column::ExternalId));
    let debt = at.map_or_else(String::new, |at| record.cell(at).trim().to_owned());
    FaultyRow { line: record.line, debt, reasons: reasons.to_vec() }
}
