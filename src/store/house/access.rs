//! Who opened a person's whole file, and when.

use jiff::Timestamp;

use crate::domain::PersonId;
use crate::store::engine::conn::{Fault, Row, moment, values};
use crate::store::gate::{Sealed, seal};
use crate::store::{Store, StoreError};

/// One look into a person's whole file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Access {
    pub at: Timestamp,
    /// The user of the operating system.
    pub who: String,
    pub what: String,
}

/// A look into somebody's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessLine {
    pub id: i64,
    pub at: Timestamp,
    pub who: String,
    pub what: String,
    /// His id in the lists.
    pub person: String,
}

/// Which looks. What is absent leaves nothing out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessFilter {
    pub who: Option<String>,
    /// His id in the lists.
    pub person: Option<String>,
    /// Looks before this one.
    pub before: Option<i64>,
}

impl Store {
    /// Writes the look down, before it is given.
    ///
    /// # Errors
    /// When the database fails: then nothing may be shown.
    pub async fn note_access(
        &self,
        person: PersonId,
        who: &str,
        what: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let values = values![now, who, what, person];
        let sql = "INSERT INTO access (at, who, what, person_id) VALUES ($1, $2, $3, $4) RETURNING id";
        let written = self.write(move |conn| {
            Box::pin(async move {
                let id = conn.one(sql, values).await?.int(0)?;
                seal(conn, (Sealed::Access, id), person, now).await
            })
        });
        written.await.map_err(|source| StoreError::Access { source })
    }

    /// Looks into anybody's file, the newest first, before the one named: by a user or into a person's file where that is
    /// asked, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn access_log(&self, asked: AccessFilter, limit: u32) -> Result<Vec<AccessLine>, StoreError> {
        let AccessFilter { who, person, before } = asked;
        let values = values![before.unwrap_or(i64::MAX), who, person, i64::from(limit)];
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(LOG, values).await?.iter().map(access_line).collect() })
        });
        read.await.map_err(|source| StoreError::Access { source })
    }

    /// Every look into the person's file, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accesses(&self, person: PersonId) -> Result<Vec<Access>, StoreError> {
        let sql = "SELECT at, who, what FROM access WHERE person_id = $1 ORDER BY id";
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(sql, values![person]).await?;
                let read = rows.iter().map(|row| {
                    Ok(Access { at: moment(row.int(0)?)?, who: row.text(1)?, what: row.text(2)? })
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::Access { source })
    }
}

fn access_line(row: &Row) -> Result<AccessLine, Fault> {
    let at = moment(row.int(1)?)?;
    Ok(AccessLine { id: row.int(0)?, at, who: row.text(2)?, what: row.text(3)?, person: row.text(4)? })
}

const LOG: &str = "SELECT l.id, l.at, l.who, l.what, p.external_id FROM access l JOIN person p ON p.id = l.person_id \
    WHERE l.id < $1 AND (CAST($2 AS TEXT) IS NULL OR l.who = $2) \
    AND (CAST($3 AS TEXT) IS NULL OR p.external_id = $3) ORDER BY l.id DESC LIMIT $4";
