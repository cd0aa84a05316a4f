//! What a person agreed to: written down, withdrawn, never deleted.

use jiff::Timestamp;
use serde::Serialize;

use super::deed::note_deed;
use super::{ByHand, Ending, end_by_hand, look_again, stands};
use crate::domain::PersonId;
use crate::rules::{Consent, ConsentKind, PhoneKey};
use crate::store::engine::conn::{Conn, Fault, moment_opt, values};
use crate::store::engine::dialect;
use crate::store::gate::{Sealed, seal};
use crate::store::{Store, StoreError};

/// A consent in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsentRow {
    pub id: i64,
    pub kind: ConsentKind,
    /// Absent: all of his.
    pub phone: Option<PhoneKey>,
    /// The debt's id at the creditor; absent: all of his.
    pub debt: Option<String>,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub evidence: Option<String>,
}

impl ConsentRow {
    /// It lets something be done at `at`.
    pub fn in_force(&self, at: Timestamp) -> bool {
        stands(self.from, self.until, at)
    }
}

impl Store {
    /// Records what a person agreed to; contacts that a rule held back look again. Returns the consent's id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_consent_by_hand(
        &self,
        consent: Consent,
        by: ByHand,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let person = consent.person;
        let written = self.write(move |conn| {
            Box::pin(async move {
                dialect::lock_person(conn, person).await?;
                let id = insert(conn, &consent).await?;
                seal(conn, (Sealed::Consent, id), person, now).await?;
                note_deed(conn, person, ("consent_added", id), &by, now).await?;
                look_again(conn, person, now).await?;
                Ok(id)
            })
        });
        written.await.map_err(|source| StoreError::Hold { person, source })
    }

    /// Ends a consent at once. `false`: he has no such one that has not ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdraw_consent(
        &self,
        person: PersonId,
        id: i64,
        by: ByHand,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let ending = Ending { sql: WITHDRAW, deed: "consent_withdrawn", of: Sealed::Consent };
        end_by_hand(self, (person, id), ending, by, now).await
    }

    /// The person's consents, also those that have ended. Those of other ids are not his: a consent loosens.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consents(&self, person: PersonId) -> Result<Vec<ConsentRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(ROWS, values![person]).await?;
                let read = rows.iter().map(|row| {
                    Ok(ConsentRow {
                        id: row.int(0)?,
                        kind: row.code(1, "consent kind", ConsentKind::parse)?,
                        phone: row.phone_opt(2)?,
                        debt: row.text_opt(3)?,
                        from: moment_opt(row.int_opt(4)?)?,
                        until: moment_opt(row.int_opt(5)?)?,
                        evidence: row.text_opt(6)?,
                    })
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::Hold { person, source })
    }
}

async fn insert(conn: &mut Conn, consent: &Consent) -> Result<i64, Fault> {
    let values = values![
        consent.person,
        consent.kind.code(),
        consent.phone,
        consent.debt,
        consent.from,
        consent.until,
        consent.evidence.as_deref(),
    ];
    conn.one(INSERT, values).await?.int(0)
}

const INSERT: &str = "INSERT INTO consent (person_id, kind, phone, debt_id, from_at, until_at, evidence) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
const WITHDRAW: &str = "UPDATE consent SET until_at = $3 WHERE person_id = $1 AND id = $2 \
    AND (until_at IS NULL OR until_at > $3) RETURNING person_id";
const ROWS: &str = "SELECT c.id, c.kind, c.phone, d.external_id, c.from_at, c.until_at, c.evidence FROM consent c \
    LEFT JOIN debt d ON d.id = c.debt_id WHERE c.person_id = $1 ORDER BY c.id";
