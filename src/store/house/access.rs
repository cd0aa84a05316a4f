//! Who opened a person's whole file, and when.

use jiff::Timestamp;

use crate::domain::PersonId;
use crate::store::engine::conn::{moment, values};
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
