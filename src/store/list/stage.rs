//! Importing a list: rows wait in the database until the whole file is known to be sound.
//!
//! Then they are merged batch by batch, each batch whole, between the transactions of calls under way. A merge cut
//! short by a crash goes on at the next start; until it is done, no campaign has been filled from the list.

use jiff::{SignedDuration, Timestamp};

use super::merge::{self, Staged};
use crate::domain::import_row::{ImportRow, Upserted};
use crate::store::engine::conn::values;
use crate::store::{Store, StoreError};

/// A list that is being read in.
#[derive(Debug)]
#[must_use = "rows that are never merged are dropped at the next start"]
pub struct ImportRun {
    pub(super) store: Store,
    pub(super) id: i64,
    batches: i64,
    rows: Vec<Staged>,
}

/// A list that has been read in for longer was given up; a younger one may be another process's.
const STALE: SignedDuration = SignedDuration::from_hours(24);
/// Rows of one batch: one transaction.
pub(super) const BATCH: usize = 512;

impl Store {
    /// Begins to read a list in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_import(&self, name: &str, now: Timestamp) -> Result<ImportRun, StoreError> {
        let sql = "INSERT INTO import_run (name, state, started_at) VALUES ($1, 'staging', $2) RETURNING id";
        let values = values![name, now];
        let begun = self.write(move |conn| Box::pin(async move { conn.one(sql, values).await?.int(0) }));
        let id = begun.await.map_err(|source| StoreError::Import { run: 0, source })?;
        Ok(ImportRun { store: self.clone(), id, batches: 0, rows: Vec::with_capacity(BATCH) })
    }

    /// Goes on with merges that a crash cut short, and drops lists that were never read to their end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resume_imports(&self, now: Timestamp) -> Result<Upserted, StoreError> {
        let stale = now.checked_sub(STALE).unwrap_or(now);
        let dropped = self.write(move |conn| {
            Box::pin(async move {
                let batches = "DELETE FROM import_batch WHERE run_id IN \
                    (SELECT id FROM import_run WHERE state = 'staging' AND started_at < $1)";
                conn.run(batches, values![stale]).await?;
                let runs = "DELETE FROM import_run WHERE state = 'staging' AND started_at < $1";
                conn.run(runs, values![stale]).await?;
                let rows = conn.all("SELECT id FROM import_run WHERE state = 'merging'", Vec::new()).await?;
                rows.iter().map(|row| row.int(0)).collect::<Result<Vec<_>, _>>()
            })
        });
        let runs = dropped.await.map_err(|source| StoreError::Import { run: 0, source })?;
        let mut all = Upserted::default();
        for run in runs {
            merge_run(self, run, now, &mut all, |_| ()).await?;
        }
        Ok(all)
    }

    /// Imports a few rows in one go: a person entered by hand, a test.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upsert(&self, rows: &[ImportRow], now: Timestamp) -> Result<Upserted, StoreError> {
        let mut run = self.begin_import("rows", now).await?;
        run.push(rows).await?;
        run.merge(now, |_| ()).await
    }
}

impl ImportRun {
    /// Takes checked rows; they are on the disk, but not in the lists yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn push(&mut self, rows: &[ImportRow]) -> Result<(), StoreError> {
        for row in rows {
            self.rows.push(Staged::of(row));
            if self.rows.len() == BATCH {
                self.stage().await?;
            }
        }
        Ok(())
    }

    /// Merges the whole list: `told` hears after each batch how many rows are done.
    ///
    /// # Errors
    /// When the database fails; `resume_imports` goes on then.
    pub async fn merge(mut self, now: Timestamp, told: impl FnMut(u64)) -> Result<Upserted, StoreError> {
        self.stage().await?;
        let id = self.id;
        let sql = "UPDATE import_run SET state = 'merging' WHERE id = $1";
        let sound = self.store.write(move |conn| Box::pin(async move { conn.run(sql, values![id]).await }));
        sound.await.map_err(|source| StoreError::Import { run: id, source })?;
        let mut upserted = Upserted::default();
        merge_run(&self.store, id, now, &mut upserted, told).await?;
        Ok(upserted)
    }

    /// Drops the list: the file had a fault.
    ///
    /// # Errors
    /// When the database fails; the next start drops it then.
    pub async fn abandon(self) -> Result<(), StoreError> {
        let id = self.id;
        let dropped = self.store.write(move |conn| {
            Box::pin(async move {
                conn.run("DELETE FROM import_batch WHERE run_id = $1", values![id]).await?;
                conn.run("DELETE FROM import_run WHERE id = $1", values![id]).await
            })
        });
        dropped.await.map(|_| ()).map_err(|source| StoreError::Import { run: id, source })
    }

    async fn stage(&mut self) -> Result<(), StoreError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let (id, batch) = (self.id, self.batches);
        let rows = serde_json::to_string(&self.rows).expect("text and numbers");
        self.rows.clear();
        self.batches += 1;
        let sql = "INSERT INTO import_batch (run_id, batch, rows) VALUES ($1, $2, $3)";
        let staged = self
            .store
            .write(move |conn| Box::pin(async move { conn.run(sql, values![id, batch, rows]).await }));
        staged.await.map(|_| ()).map_err(|source| StoreError::Import { run: id, source })
    }
}

async fn merge_run(
    store: &Store,
    run: i64,
    now: Timestamp,
    all: &mut Upserted,
    mut told: impl FnMut(u64),
) -> Result<(), StoreError> {
    let act = |source| StoreError::Import { run, source };
    loop {
        let merged =
            store.write(move |conn| Box::pin(async move { merge::merge_next(conn, run, now).await }));
        let Some(batch) = merged.await.map_err(act)? else { break };
        all.new += batch.new;
        all.changed += batch.changed;
        all.unchanged += batch.unchanged;
        told(all.new + all.changed + all.unchanged);
    }
    let sql = "UPDATE import_run SET state = 'done', ended_at = $2 WHERE id = $1";
    let done = store.write(move |conn| {
        Box::pin(async move {
            super::service::take_back(conn).await?;
            conn.run(sql, values![run, now]).await
        })
    });
    done.await.map(|_| ()).map_err(act)
}
