//! Holds and consents: set, lifted, never deleted.

use jiff::Timestamp;

use crate::domain::PersonId;
use crate::rules::{Consent, Hold, HoldKind};
use crate::store::engine::conn::{Conn, Fault, moment_opt, values};
use crate::store::engine::dialect;
use crate::store::{Store, StoreError};

/// A hold in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldRow {
    pub id: i64,
    pub kind: HoldKind,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub evidence: Option<String>,
}

impl Store {
    /// Sets a hold. Every later decision about the person sees it, whatever the campaign. Returns the hold's id and
    /// the person's open attempt, which is to be taken back while nobody has answered it.
    ///
    /// # Errors
    /// When the database fails: then nothing may be dialled.
    pub async fn add_hold(&self, hold: Hold) -> Result<(i64, Option<crate::domain::AttemptId>), StoreError> {
        let person = hold.person;
        let written = self.write(move |conn| {
            Box::pin(async move {
                dialect::lock_person(conn, hold.person).await?;
                let id = insert_hold(conn, &hold).await?;
                let open = conn.one(OPEN, values![hold.person]).await?.int_opt(0)?;
                Ok((id, open.map(crate::domain::AttemptId)))
            })
        });
        written.await.map_err(|source| StoreError::Hold { person, source })
    }

    /// Lifts a hold from `at` on, and lets contacts that were done because of a rule look again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lift_hold(&self, person: PersonId, id: i64, at: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE hold SET until_at = $2 WHERE id = $1 AND (until_at IS NULL OR until_at > $2)";
        let written = self.write(move |conn| {
            Box::pin(async move {
                let lifted = conn.run(sql, values![id, at]).await? > 0;
                if lifted {
                    conn.run(LOOK_AGAIN, values![person, at]).await?;
                }
                Ok(lifted)
            })
        });
        written.await.map_err(|source| StoreError::Hold { person, source })
    }

    /// The person's holds, the newest last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holds(&self, person: PersonId) -> Result<Vec<HoldRow>, StoreError> {
        let sql = "SELECT id, kind, from_at, until_at, evidence FROM hold WHERE person_id = $1 ORDER BY id";
        let rows = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(sql, values![person]).await?;
                let read = rows.iter().map(|row| {
                    Ok(HoldRow {
                        id: row.int(0)?,
                        kind: row.code(1, "hold kind", HoldKind::parse)?,
                        from: moment_opt(row.int_opt(2)?)?,
                        until: moment_opt(row.int_opt(3)?)?,
                        evidence: row.text_opt(4)?,
                    })
                });
                read.collect()
            })
        });
        rows.await.map_err(|source| StoreError::Hold { person, source })
    }

    /// Records what a person agreed to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_consent(&self, consent: Consent) -> Result<(), StoreError> {
        let person = consent.person;
        let sql = "INSERT INTO consent (person_id, kind, phone, debt_id, from_at, until_at, evidence) \
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values = values![
            consent.person,
            consent.kind.code(),
            consent.phone,
            consent.debt,
            consent.from,
            consent.until,
            consent.evidence.as_deref(),
        ];
        let written = self.write(move |conn| Box::pin(async move { conn.run(sql, values).await }));
        written.await.map(|_| ()).map_err(|source| StoreError::Hold { person, source })
    }
}

pub(super) async fn insert_hold(conn: &mut Conn, hold: &Hold) -> Result<i64, Fault> {
    let suspended = serde_json::to_string(&hold.suspended).expect("times");
    let row = conn.one(
        INSERT,
        values![
            hold.person,
            hold.kind.code(),
            hold.phone,
            hold.debt,
            hold.from,
            hold.until,
            suspended,
            hold.evidence.as_deref(),
        ],
    );
    row.await?.int(0)
}

const INSERT: &str = "INSERT INTO hold (person_id, kind, phone, debt_id, from_at, until_at, suspended, evidence, \
    after_attempt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, (SELECT COALESCE(MAX(id), 0) FROM attempt)) RETURNING id";
const OPEN: &str = "SELECT MIN(id) FROM attempt WHERE outcome IS NULL AND (person_id = $1 OR person_id IN \
    (SELECT other_id FROM kin WHERE person_id = $1 AND upto_event IS NULL))";
/// Rule ids have a dot in them; the campaign's own reasons have none.
const LOOK_AGAIN: &str = "UPDATE contact SET state = 'waiting', next_at = $2 WHERE person_id = $1 \
    AND (state = 'waiting' OR state = 'done') AND why LIKE '%.%'";
