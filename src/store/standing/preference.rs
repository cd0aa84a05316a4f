//! Times of day at which a person asked not to be called, on his own clocks.

use jiff::Timestamp;
use jiff::civil::Time;
use serde::Serialize;

use super::deed::note_deed;
use super::{ByHand, Ending, end_by_hand, his, stands};
use crate::domain::PersonId;
use crate::rules::LocalRange;
use crate::store::engine::conn::{Conn, Fault, Row, moment_opt, values};
use crate::store::gate::{Sealed, seal};
use crate::store::{Store, StoreError};

/// A time of day at which a person is not to be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preference {
    pub person: PersonId,
    pub range: LocalRange,
    pub from: Timestamp,
    /// Absent: until lifted.
    pub until: Option<Timestamp>,
}

/// A preference in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreferenceRow {
    pub id: i64,
    pub range: LocalRange,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub evidence: Option<String>,
}

impl PreferenceRow {
    /// It keeps calls away at `at`, when his clocks say so.
    pub fn in_force(&self, at: Timestamp) -> bool {
        stands(self.from, self.until, at)
    }
}

impl Store {
    /// Writes a preference down: every later decision about the person goes by it. Returns its id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_preference(
        &self,
        wish: Preference,
        by: ByHand,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let written = self.write(move |conn| {
            Box::pin(async move {
                let Preference { person, range, from, until } = wish;
                let to = range.to.map(|to| to.to_string());
                let values = values![person, range.from.to_string(), to, from, until, by.evidence.as_str()];
                let id = conn.one(INSERT, values).await?.int(0)?;
                seal(conn, (Sealed::Preference, id), person, now).await?;
                note_deed(conn, person, ("preference_set", id), &by, now).await?;
                Ok(id)
            })
        });
        written.await.map_err(|source| StoreError::Hold { person: wish.person, source })
    }

    /// Ends a preference. `false`: he has no such one that is in force.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lift_preference(
        &self,
        person: PersonId,
        id: i64,
        by: ByHand,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let ending = Ending { sql: LIFT, deed: "preference_lifted", of: Sealed::Preference };
        end_by_hand(self, (person, id), ending, by, now).await
    }

    /// The person's preferences, also those that have ended, and those of ids that are one with him.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn preferences(&self, person: PersonId) -> Result<Vec<PreferenceRow>, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { of_person(conn, person).await }));
        read.await.map_err(|source| StoreError::Hold { person, source })
    }

    /// The times of day at which he is not to be called, as they stand at `at`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn blocked_at(&self, person: PersonId, at: Timestamp) -> Result<Vec<LocalRange>, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { blocked_at(conn, person, at).await }));
        read.await.map_err(|source| StoreError::Hold { person, source })
    }
}

/// The ranges in force at `at`, each once.
pub(in crate::store) async fn blocked_at(
    conn: &mut Conn,
    person: PersonId,
    at: Timestamp,
) -> Result<Vec<LocalRange>, Fault> {
    let mut ranges = Vec::new();
    for row in of_person(conn, person).await? {
        if row.in_force(at) && !ranges.contains(&row.range) {
            ranges.push(row.range);
        }
    }
    Ok(ranges)
}

pub(in crate::store) async fn of_person(
    conn: &mut Conn,
    person: PersonId,
) -> Result<Vec<PreferenceRow>, Fault> {
    let rows = conn.all(ROWS, values![person]).await?;
    rows.iter().map(read_row).collect()
}

fn read_row(row: &Row) -> Result<PreferenceRow, Fault> {
    let time = |text: String| text.parse::<Time>().map_err(|_| Fault::Unreadable { what: "time of day" });
    let range = LocalRange { from: time(row.text(1)?)?, to: row.text_opt(2)?.map(time).transpose()? };
    Ok(PreferenceRow {
        id: row.int(0)?,
        range,
        from: moment_opt(row.int_opt(3)?)?,
        until: moment_opt(row.int_opt(4)?)?,
        evidence: row.text_opt(5)?,
    })
}

const INSERT: &str = "INSERT INTO preference (person_id, from_time, to_time, from_at, until_at, evidence) \
    VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
const LIFT: &str = concat!(
    "UPDATE preference SET until_at = $3 WHERE id = $2 AND (until_at IS NULL OR until_at > $3) AND ",
    his!(),
    " RETURNING person_id"
);
const ROWS: &str = concat!(
    "SELECT id, from_time, to_time, from_at, until_at, evidence FROM preference WHERE ",
    his!(),
    " ORDER BY id"
);
