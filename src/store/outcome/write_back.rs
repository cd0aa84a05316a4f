//! What the creditor's systems are told: written with the thing itself, sent later, at least once, in order.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::domain::AttemptId;
use crate::store::engine::conn::{Conn, Fault, moment, values};
use crate::store::{Store, StoreError};

/// A word to the creditor's systems, by their own ids.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Told<'a> {
    Attempt {
        attempt: AttemptId,
        campaign: &'a str,
        person: &'a str,
        debt: &'a str,
        creditor: &'a str,
        outcome: &'static str,
        disposition: Option<&'static str>,
        identified: bool,
        promised_on: Option<Date>,
        asks: &'a [String],
    },
}

impl Told<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Self::Attempt { .. } => "attempt",
        }
    }
}

/// A message that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// The order of sending.
    pub id: i64,
    pub at: Timestamp,
    pub kind: String,
    /// JSON; by the creditor's ids, without names or numbers.
    pub payload: String,
    /// Times it was tried.
    pub tries: i64,
}

pub(super) async fn tell(conn: &mut Conn, told: &Told<'_>, now: Timestamp) -> Result<(), Fault> {
    let payload = serde_json::to_string(told).expect("codes, numbers and text");
    let sql = "INSERT INTO outbox (at, kind, payload) VALUES ($1, $2, $3)";
    conn.run(sql, values![now, told.kind(), payload]).await.map(|_| ())
}

impl Store {
    /// The next messages to send, in order; none while the first of them waits for its next try.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox(&self, limit: u32, now: Timestamp) -> Result<Vec<OutboxRow>, StoreError> {
        let sql = "SELECT id, at, kind, payload, tries, next_try_at FROM outbox WHERE sent_at IS NULL \
            ORDER BY id LIMIT $1";
        let rows = self.read(move |conn| {
            Box::pin(async move {
                let mut rows = Vec::new();
                for row in conn.all(sql, values![i64::from(limit)]).await? {
                    if row.int(5)? > now.as_microsecond() {
                        break;
                    }
                    rows.push(OutboxRow {
                        id: row.int(0)?,
                        at: moment(row.int(1)?)?,
                        kind: row.text(2)?,
                        payload: row.text(3)?,
                        tries: row.int(4)?,
                    });
                }
                Ok(rows)
            })
        });
        rows.await.map_err(|source| StoreError::Outbox { source })
    }

    /// Notes that the messages were taken by the other side.
    ///
    /// # Errors
    /// When the database fails; they are sent again then.
    pub async fn outbox_sent(&self, ids: Vec<i64>, now: Timestamp) -> Result<(), StoreError> {
        let written = self.write(move |conn| {
            Box::pin(async move {
                for id in ids {
                    conn.run("UPDATE outbox SET sent_at = $2 WHERE id = $1", values![id, now]).await?;
                }
                Ok(())
            })
        });
        written.await.map_err(|source| StoreError::Outbox { source })
    }

    /// Notes that a message was refused or nobody was there; it and those behind it wait until `next_try`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_failed(&self, id: i64, next_try: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE outbox SET tries = tries + 1, next_try_at = $2 WHERE id = $1";
        let written =
            self.write(move |conn| Box::pin(async move { conn.run(sql, values![id, next_try]).await }));
        written.await.map(|_| ()).map_err(|source| StoreError::Outbox { source })
    }
}
