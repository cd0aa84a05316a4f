//! A person's ledger row by row, corrected entries and all: what a file of a complaint shows.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::PersonId;
use crate::rules::{Consent, Hold};
use crate::store::engine::conn::{Row, moment, values};
use crate::store::gate::load_history;
use crate::store::{Fault, Store, StoreError};

/// One entry of the ledger as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerRow {
    pub id: i64,
    /// His id in the lists.
    pub person: String,
    pub at: Timestamp,
    pub kind: String,
    pub channel: String,
    /// Digits of the number.
    pub phone: Option<i64>,
    pub phone_type: Option<String>,
    pub dial_mode: String,
    pub debt: Option<i64>,
    pub creditor: Option<String>,
    pub agent: Option<String>,
    pub excluded: bool,
    pub attempt: Option<i64>,
    /// The entry this one replaces.
    pub corrects: Option<i64>,
    pub source: String,
    pub external_id: Option<String>,
    pub written_at: Timestamp,
}

impl Store {
    /// Every entry about the person, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ledger_rows(&self, person: PersonId) -> Result<Vec<LedgerRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(ROWS, values![person]).await?.iter().map(read_row).collect() })
        });
        read.await.map_err(|source| StoreError::Explain { source })
    }

    /// Every hold and consent of the person, also those that have ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn standing(&self, person: PersonId) -> Result<(Vec<Hold>, Vec<Consent>), StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let history = load_history(conn, person, None, i64::MAX).await?.history;
                Ok((history.holds().to_vec(), history.consents().to_vec()))
            })
        });
        read.await.map_err(|source| StoreError::Explain { source })
    }
}

fn read_row(row: &Row) -> Result<LedgerRow, Fault> {
    Ok(LedgerRow {
        id: row.int(0)?,
        person: row.text(16)?,
        at: moment(row.int(1)?)?,
        kind: row.text(2)?,
        channel: row.text(3)?,
        phone: row.int_opt(4)?,
        phone_type: row.text_opt(5)?,
        dial_mode: row.text(6)?,
        debt: row.int_opt(7)?,
        creditor: row.text_opt(8)?,
        agent: row.text_opt(9)?,
        excluded: row.int(10)? != 0,
        attempt: row.int_opt(11)?,
        corrects: row.int_opt(12)?,
        source: row.text(13)?,
        external_id: row.text_opt(14)?,
        written_at: moment(row.int(15)?)?,
    })
}

const ROWS: &str = "SELECT e.id, e.at, e.kind, e.channel_exact, e.phone, e.phone_type, e.dial_mode, e.debt_id, \
    e.creditor, e.agent, e.excluded, e.attempt_id, e.corrects, e.source, e.external_id, e.written_at, p.external_id \
    FROM event e JOIN person p ON p.id = e.person_id WHERE e.person_id = $1 ORDER BY e.id";
