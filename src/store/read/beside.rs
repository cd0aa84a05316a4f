//! Who else has a person's numbers, and what was done on them: it counts where a rule's scope is the telephone.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::PersonId;
use crate::store::engine::conn::{moment, values};
use crate::store::{Store, StoreError};

/// Another id of the lists with a number of the person's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Sharer {
    pub person: String,
    /// The number in E.164.
    pub phone: String,
}

/// A ledger entry of another id on a number of the person's. What it was about is that one's own: neither debt nor
/// creditor is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BesideRow {
    pub id: i64,
    /// His id in the lists.
    pub person: String,
    pub at: Timestamp,
    pub kind: String,
    pub channel: String,
    /// Digits of the number.
    pub phone: i64,
    pub attempt: Option<i64>,
    /// The entry this one replaces.
    pub corrects: Option<i64>,
}

impl Store {
    /// The other ids that have a number of the person's, by number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sharers(&self, person: PersonId) -> Result<Vec<Sharer>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(SHARERS, values![person]).await?;
                rows.iter().map(|row| Ok(Sharer { person: row.text(0)?, phone: row.text(1)? })).collect()
            })
        });
        read.await.map_err(|source| StoreError::Explain { source })
    }

    /// What others' entries from `since` on say of the person's numbers, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn beside_rows(
        &self,
        person: PersonId,
        since: Timestamp,
    ) -> Result<Vec<BesideRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(ROWS, values![person, since]).await?;
                let read = rows.iter().map(|row| {
                    Ok(BesideRow {
                        id: row.int(0)?,
                        person: row.text(1)?,
                        at: moment(row.int(2)?)?,
                        kind: row.text(3)?,
                        channel: row.text(4)?,
                        phone: row.int(5)?,
                        attempt: row.int_opt(6)?,
                        corrects: row.int_opt(7)?,
                    })
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::Explain { source })
    }
}

const SHARERS: &str = "SELECT DISTINCT p.external_id, o.e164 FROM phone f JOIN phone o ON o.e164 = f.e164 \
    AND o.person_id <> f.person_id JOIN person p ON p.id = o.person_id WHERE f.person_id = $1 ORDER BY 2, 1";
const ROWS: &str = "SELECT e.id, p.external_id, e.at, e.kind, e.channel_exact, e.phone, e.attempt_id, e.corrects \
    FROM event e JOIN person p ON p.id = e.person_id WHERE e.person_id <> $1 AND e.at >= $2 AND e.phone IN \
    (SELECT CAST(SUBSTR(f.e164, 2) AS BIGINT) FROM phone f WHERE f.person_id = $1) ORDER BY e.id";
