//! A list of debtors held against the store, or read into it: the same for the command and for the console.

use super::reading::{Job, Reading, Rows, Told, read};
use crate::domain::import_row::Upserted;
use crate::import::ImportFault;
use crate::store::{ImportSaid, Store};

/// Whose list it is and what for.
#[derive(Debug, Clone)]
pub struct Ordered {
    /// The list's name as it is kept.
    pub name: String,
    /// A login, or a user of the operating system.
    pub who: String,
    /// The campaign to be filled from it.
    pub campaign: Option<String>,
}

/// Reads the list and counts what it would change; nothing is kept.
///
/// # Errors
/// When the store fails. A fault of the file is the inner one.
pub async fn compare(
    store: &Store,
    job: Job,
    told: Told,
) -> anyhow::Result<Result<(Reading, Upserted), ImportFault>> {
    let mut comparison = store.compare_import();
    let read = read(job, told, Rows::Compare(&mut comparison)).await?;
    let upserted = comparison.end().await?;
    Ok(read.map(|read| (read, upserted)))
}

/// Reads the list in: its rows go to the store as they are read and into its lists only when the whole file is known to
/// be sound.
///
/// # Errors
/// When the store fails. A fault of the file is the inner one; nothing of the list is kept then.
pub async fn stage_and_merge(
    store: &Store,
    job: Job,
    ordered: Ordered,
    told: Told,
) -> anyhow::Result<Result<(Reading, Upserted), ImportFault>> {
    let mut run = store.begin_import(&ordered.name, store.now().await?).await?;
    let read = match read(job, told.clone(), Rows::Stage(&mut run)).await? {
        Ok(read) => read,
        Err(fault) => {
            run.abandon().await?;
            return Ok(Err(fault));
        }
    };
    let counts = read.counts;
    let (rows, duplicate, rejected) = (counts.rows, counts.duplicate, counts.rejected);
    let Ordered { who, campaign, .. } = ordered;
    run.note(ImportSaid { who, campaign, rows, duplicate, rejected }).await?;
    let upserted = run.merge(store.now().await?, |done| told.tell(done, counts.sound)).await?;
    Ok(Ok((read, upserted)))
}
