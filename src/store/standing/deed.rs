//! What was done to a person's records by hand: by whom, when, on what evidence. Append-only.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::PersonId;
use crate::store::engine::conn::{Conn, Fault, Row, moment, values};
use crate::store::gate::{Sealed, seal};
use crate::store::{Store, StoreError};

/// Who does something by hand, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHand {
    pub who: String,
    /// A letter, a recording, a court act.
    pub evidence: String,
}

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeedRow {
    pub at: Timestamp,
    pub who: String,
    /// `hold_added`, `hold_lifted`, `hold_suspended`, `consent_added`, `consent_withdrawn`, `preference_set`,
    /// `preference_lifted`, `event_corrected`, `persons_merged`, `person_split`, `phone_usable`.
    pub act: String,
    /// The row it was done to: a hold, a consent, a preference, an entry of the ledger, the other person, a number.
    pub row: i64,
    pub evidence: String,
}

impl Store {
    /// What was done to the person's records by hand, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deeds(&self, person: PersonId) -> Result<Vec<DeedRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(
                async move { conn.all(DEEDS, values![person]).await?.iter().map(DeedRow::read).collect() },
            )
        });
        read.await.map_err(|source| StoreError::Explain { source })
    }
}

impl DeedRow {
    fn read(row: &Row) -> Result<Self, Fault> {
        Ok(Self {
            at: moment(row.int(0)?)?,
            who: row.text(1)?,
            act: row.text(2)?,
            row: row.int(3)?,
            evidence: row.text(4)?,
        })
    }
}

/// The last time that this was done to this row of the person's.
pub(in crate::store) async fn last_deed(
    conn: &mut Conn,
    person: PersonId,
    (act, row): (&'static str, i64),
) -> Result<Option<DeedRow>, Fault> {
    conn.first(LAST, values![person, act, row]).await?.as_ref().map(DeedRow::read).transpose()
}

/// Writes down, in the transaction of the thing itself, what was done to `row`.
pub(in crate::store) async fn note_deed(
    conn: &mut Conn,
    person: PersonId,
    what: (&'static str, i64),
    by: &ByHand,
    now: Timestamp,
) -> Result<(), Fault> {
    note_change(conn, (person, person), what, by, now).await
}

/// The same of a row that it changed, which may belong to another id of the person's: the deed is sealed in the chain of
/// the row's `owner`, so that the row is sealed anew right after it.
pub(super) async fn note_change(
    conn: &mut Conn,
    (person, owner): (PersonId, PersonId),
    (act, row): (&'static str, i64),
    by: &ByHand,
    now: Timestamp,
) -> Result<(), Fault> {
    let values = values![now, by.who.as_str(), act, person, row, by.evidence.as_str()];
    let id = conn.one(INSERT, values).await?.int(0)?;
    seal(conn, (Sealed::Deed, id), owner, now).await
}

const INSERT: &str = "INSERT INTO deed (at, who, act, person_id, row_id, evidence) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
const DEEDS: &str = "SELECT at, who, act, row_id, evidence FROM deed WHERE person_id = $1 ORDER BY id";
const LAST: &str = "SELECT at, who, act, row_id, evidence FROM deed WHERE person_id = $1 AND act = $2 AND row_id = $3 \
    ORDER BY id DESC LIMIT 1";
