//! The file is read on a thread of its own and its rows cross over in batches.

use std::path::PathBuf;

use anyhow::Context;
use indicatif::ProgressBar;
use tokio::sync::mpsc;

use crate::domain::{ImportRow, Language};
use crate::import::{Counts, ImportFault, Item, Mapping, Options, RejectedFile, read_list};
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

/// What the reading came to.
#[derive(Debug)]
pub struct Reading {
    pub counts: Counts,
    pub mapping: Mapping,
    /// The file of rejected rows, where there are some.
    pub rejected: Option<PathBuf>,
}

/// Rows in a batch, and batches under way: what memory holds of the file.
const BATCH: usize = 512;
const UNDER_WAY: usize = 8;

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
pub async fn read(
    job: Job,
    bar: ProgressBar,
    mut to: Rows<'_>,
) -> anyhow::Result<Result<Reading, ImportFault>> {
    let (rows, mut batches) = mpsc::channel::<Vec<ImportRow>>(UNDER_WAY);
    let reading =
        tokio::task::spawn_blocking(move || read_file(job, &bar, |batch| rows.blocking_send(batch).is_ok()));
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
fn read_file(
    job: Job,
    bar: &ProgressBar,
    give: impl Fn(Vec<ImportRow>) -> bool,
) -> Result<Reading, ImportFault> {
    let mut rejected = RejectedFile::new(&job.rejected, job.language);
    let (mut read_by, mut batch) = (None, Vec::with_capacity(BATCH));
    let read = read_list(&job.file, &job.options, &mut |item| match item {
        Item::Heading { mapping, total } => {
            bar.set_length(total);
            rejected.heading(&mapping.header);
            read_by = Some(mapping.clone());
            Ok(())
        }
        Item::Rejected { record, reasons, .. } => rejected.write(record, reasons),
        Item::Row { row, done } => {
            batch.push(row);
            if batch.len() < BATCH {
                return Ok(());
            }
            bar.set_position(done);
            let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
            if give(full) { Ok(()) } else { Err(ImportFault::Stopped) }
        }
    });
    let ended = read.and_then(|counts| if give(batch) { Ok(counts) } else { Err(ImportFault::Stopped) });
    bar.reset();
    match ended {
        Ok(counts) => {
            let mapping = read_by.expect("a list that was read has a header");
            Ok(Reading { counts, mapping, rejected: rejected.finish()? })
        }
        Err(fault) => {
            rejected.discard();
            Err(fault)
        }
    }
}
