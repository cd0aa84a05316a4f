//! Lists that were read in: who, when, into which campaign, and what became of their rows.

use jiff::Timestamp;

use super::stage::ImportRun;
use crate::domain::import_row::Upserted;
use crate::store::engine::conn::{Fault, Row, moment, moment_opt, values};
use crate::store::{Store, StoreError};

/// What is known of a list when all of it has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportSaid {
    /// A login, or a user of the operating system.
    pub who: String,
    /// The campaign to be filled from it.
    pub campaign: Option<String>,
    pub rows: u64,
    pub duplicate: u64,
    pub rejected: u64,
}

/// A list that was read in, or is being merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedList {
    pub id: i64,
    pub name: String,
    pub started_at: Timestamp,
    /// `None`: its rows are being merged.
    pub ended_at: Option<Timestamp>,
    /// `None` of one that was read in before this was kept.
    pub said: Option<ImportSaid>,
    pub upserted: Upserted,
}

impl ImportRun {
    /// Keeps who reads the list in and what its rows came to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note(&self, said: ImportSaid) -> Result<(), StoreError> {
        let run = self.id;
        let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let (rows, duplicate, rejected) = (count(said.rows), count(said.duplicate), count(said.rejected));
        let values = values![run, said.who, said.campaign, rows, duplicate, rejected];
        let noted = self.store.write(move |conn| Box::pin(async move { conn.run(NOTE, values).await }));
        noted.await.map(|_| ()).map_err(|source| StoreError::Import { run, source })
    }
}

impl Store {
    /// Lists that were read in, the newest first, at most `limit`; neither rows entered by hand nor lists that are still
    /// being read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn imported(&self, limit: u32) -> Result<Vec<ImportedList>, StoreError> {
        let values = values![i64::from(limit)];
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(LISTS, values).await?.iter().map(list).collect() })
        });
        read.await.map_err(|source| StoreError::Import { run: 0, source })
    }
}

fn list(row: &Row) -> Result<ImportedList, Fault> {
    let count = |n: Option<i64>| u64::try_from(n.unwrap_or(0)).unwrap_or(0);
    let said = match row.text_opt(4)? {
        Some(who) => Some(ImportSaid {
            who,
            campaign: row.text_opt(5)?,
            rows: count(row.int_opt(6)?),
            duplicate: count(row.int_opt(7)?),
            rejected: count(row.int_opt(8)?),
        }),
        None => None,
    };
    let upserted = Upserted {
        new: count(row.int_opt(9)?),
        changed: count(row.int_opt(10)?),
        unchanged: count(row.int_opt(11)?),
    };
    Ok(ImportedList {
        id: row.int(0)?,
        name: row.text(1)?,
        started_at: moment(row.int(2)?)?,
        ended_at: moment_opt(row.int_opt(3)?)?,
        said,
        upserted,
    })
}

const NOTE: &str = "UPDATE import_run SET who = $2, campaign = $3, rows_read = $4, duplicate = $5, rejected = $6 \
    WHERE id = $1";
const LISTS: &str = "SELECT id, name, started_at, ended_at, who, campaign, rows_read, duplicate, rejected, \
    added, changed, unchanged FROM import_run WHERE state <> 'staging' AND (who IS NOT NULL OR name <> 'rows') \
    ORDER BY id DESC LIMIT $1";
