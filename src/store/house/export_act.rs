//! Who took a file with people's data.

use jiff::Timestamp;

use crate::store::engine::conn::{moment, values};
use crate::store::{ActFilter, Store, StoreError};

/// A file that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportAct {
    pub at: Timestamp,
    /// A login, a user of the operating system, or the interface.
    pub who: String,
    /// The file's address, or the command.
    pub what: String,
    /// What it was asked by; empty: all.
    pub filter: String,
    /// Without its heads; `None`: it is not known yet, or was not taken to its end.
    pub rows: Option<i64>,
}

impl Store {
    /// Writes it down, before it is given; the id is for [`Store::count_export`].
    ///
    /// # Errors
    /// When the database fails: then nothing may be given.
    pub async fn note_export(&self, act: ExportAct) -> Result<i64, StoreError> {
        let ExportAct { at, who, what, filter, rows } = act;
        let values = values![who, what, filter, rows, at];
        let written = self.write(move |conn| Box::pin(async move { conn.one(NOTE, values).await?.int(0) }));
        written.await.map_err(|source| StoreError::Access { source })
    }

    /// Tells how many rows it had, of one that was noted before they were counted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_export(&self, id: i64, rows: i64) -> Result<(), StoreError> {
        let sql = "UPDATE export_act SET rows = $2 WHERE id = $1";
        let values = values![id, rows];
        let written = self.write(move |conn| Box::pin(async move { conn.run(sql, values).await }));
        written.await.map(|_| ()).map_err(|source| StoreError::Access { source })
    }

    /// Files that were taken, each with its id, the newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn export_acts(
        &self,
        filter: ActFilter,
        limit: u32,
    ) -> Result<Vec<(i64, ExportAct)>, StoreError> {
        let values = filter.values(limit);
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(ACTS, values).await?;
                let read = rows.iter().map(|row| {
                    let act = ExportAct {
                        at: moment(row.int(1)?)?,
                        who: row.text(2)?,
                        what: row.text(3)?,
                        filter: row.text(4)?,
                        rows: row.int_opt(5)?,
                    };
                    Ok((row.int(0)?, act))
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::Access { source })
    }
}

const NOTE: &str =
    "INSERT INTO export_act (who, what, filter, rows, at) VALUES ($1, $2, $3, $4, $5) RETURNING id";
const ACTS: &str = "SELECT id, at, who, what, filter, rows FROM export_act \
    WHERE id < $1 AND (CAST($2 AS TEXT) IS NULL OR who = $2) ORDER BY id DESC LIMIT $3";
