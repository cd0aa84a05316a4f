//! Messages on their way to endpoints.

use jiff::{SignedDuration, Timestamp};

use crate::store::engine::conn::{Fault, Row, moment, moment_opt, values};
use crate::store::{Store, StoreError};

/// A message that is to be sent now; the try is counted already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The message; the same at each try, so that a receiver knows a second copy.
    pub message: i64,
    pub at: Timestamp,
    pub kind: String,
    /// JSON; by the creditor's ids, without names or numbers.
    pub payload: String,
    /// Which try this is, from 1.
    pub tries: u32,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    /// The endpoint answered with this 2xx.
    Taken { status: u16 },
    /// It did not take it; the next try is not before this moment.
    Refused { status: Option<u16>, fault: String, next_try: Timestamp },
}

/// A message for an endpoint, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    pub endpoint: String,
    pub message: i64,
    pub at: Timestamp,
    pub kind: String,
    pub tries: u32,
    pub last_try_at: Option<Timestamp>,
    /// `None` once it is taken.
    pub next_try_at: Option<Timestamp>,
    pub status: Option<u16>,
    pub fault: Option<String>,
}

/// What of the log is wanted, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Only of this endpoint.
    pub endpoint: Option<String>,
    /// Only what is not taken yet.
    pub waiting: bool,
    pub limit: u32,
}

impl Store {
    /// Takes messages to send to an endpoint, and counts a try of each: at most one a debt, the oldest, and none while
    /// an older one of that debt is on its way or waits. A sender that dies leaves them to others after `lease`.
    ///
    /// # Errors
    /// When the database fails; nothing was taken then.
    pub async fn claim_deliveries(
        &self,
        endpoint: &str,
        limit: u32,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Vec<Delivery>, StoreError> {
        let claim = values![endpoint, now, now.checked_add(lease).unwrap_or(now), i64::from(limit)];
        let read = values![endpoint];
        let written = self.write(move |conn| {
            Box::pin(async move {
                let claimed = conn.all(CLAIM, claim).await?;
                let mut ids = claimed.iter().map(|row| row.int(0)).collect::<Result<Vec<_>, _>>()?;
                ids.sort_unstable();
                let mut deliveries = Vec::with_capacity(ids.len());
                for id in ids {
                    let row = conn.one(MESSAGE, [read.clone(), values![id]].concat()).await?;
                    deliveries.push(Delivery {
                        message: id,
                        at: moment(row.int(0)?)?,
                        kind: row.text(1)?,
                        payload: row.text(2)?,
                        tries: tries(&row, 3)?,
                    });
                }
                Ok(deliveries)
            })
        });
        written.await.map_err(|source| StoreError::Outbox { source })
    }

    /// Notes what came of a try.
    ///
    /// # Errors
    /// When the database fails; the message is sent again then.
    pub async fn note_delivery(
        &self,
        endpoint: &str,
        message: i64,
        delivered: Delivered,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (sql, values) = match delivered {
            Delivered::Taken { status } => (TAKEN, values![endpoint, message, now, i64::from(status)]),
            Delivered::Refused { status, fault, next_try } => {
                (REFUSED, values![endpoint, message, next_try, status.map(i64::from), fault])
            }
        };
        let written = self.write(move |conn| Box::pin(async move { conn.run(sql, values).await }));
        written.await.map(|_| ()).map_err(|source| StoreError::Outbox { source })
    }

    /// Sends a message again: one that waits at once, one that was taken once more. `None` means every one that waits
    /// for the endpoint. Returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn send_again(
        &self,
        endpoint: &str,
        message: Option<i64>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let values = values![endpoint, now, message];
        let written = self.write(move |conn| Box::pin(async move { conn.run(AGAIN, values).await }));
        written.await.map_err(|source| StoreError::Outbox { source })
    }

    /// The log of deliveries, the newest message first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deliveries(&self, filter: DeliveryFilter) -> Result<Vec<DeliveryRow>, StoreError> {
        let values = values![filter.endpoint, filter.waiting, i64::from(filter.limit)];
        let rows = self.read(move |conn| {
            Box::pin(async move {
                conn.all(LOG, values).await?.iter().map(delivery_row).collect::<Result<Vec<_>, _>>()
            })
        });
        rows.await.map_err(|source| StoreError::Outbox { source })
    }

    /// How many messages wait, by endpoint.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deliveries_waiting(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let rows = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(WAITING, Vec::new()).await?;
                rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?.unsigned_abs()))).collect()
            })
        });
        rows.await.map_err(|source| StoreError::Outbox { source })
    }
}

fn delivery_row(row: &Row) -> Result<DeliveryRow, Fault> {
    let taken = row.int_opt(6)?.is_some();
    let status = row.int_opt(7)?.map(u16::try_from).transpose();
    Ok(DeliveryRow {
        endpoint: row.text(0)?,
        message: row.int(1)?,
        at: moment(row.int(2)?)?,
        kind: row.text(3)?,
        tries: tries(row, 4)?,
        next_try_at: moment_opt(row.int_opt(5)?.filter(|_| !taken))?,
        status: status.map_err(|_| Fault::Unreadable { what: "HTTP status" })?,
        fault: row.text_opt(8)?,
        last_try_at: moment_opt(row.int_opt(9)?)?,
    })
}

fn tries(row: &Row, column: usize) -> Result<u32, Fault> {
    u32::try_from(row.int(column)?).map_err(|_| Fault::Unreadable { what: "tries" })
}

const CLAIM: &str = "UPDATE delivery SET tries = tries + 1, last_try_at = $2, next_try_at = $3 \
    WHERE endpoint = $1 AND taken_at IS NULL AND next_try_at <= $2 AND outbox_id IN ( \
    SELECT d.outbox_id FROM delivery d WHERE d.endpoint = $1 AND d.taken_at IS NULL AND d.next_try_at <= $2 \
    AND d.outbox_id = (SELECT MIN(e.outbox_id) FROM delivery e WHERE e.endpoint = $1 AND e.debt_id = d.debt_id \
    AND e.taken_at IS NULL) ORDER BY d.outbox_id LIMIT $4) RETURNING outbox_id";
const MESSAGE: &str = "SELECT o.at, o.kind, o.payload, d.tries FROM delivery d JOIN outbox o ON o.id = d.outbox_id \
    WHERE d.endpoint = $1 AND d.outbox_id = $2";
const TAKEN: &str = "UPDATE delivery SET taken_at = $3, status = $4, fault = NULL WHERE endpoint = $1 \
    AND outbox_id = $2";
const REFUSED: &str = "UPDATE delivery SET next_try_at = $3, status = $4, fault = $5 WHERE endpoint = $1 \
    AND outbox_id = $2 AND taken_at IS NULL";
const AGAIN: &str = "UPDATE delivery SET next_try_at = $2, taken_at = NULL WHERE endpoint = $1 \
    AND ((CAST($3 AS BIGINT) IS NULL AND taken_at IS NULL) OR outbox_id = CAST($3 AS BIGINT))";
const LOG: &str = "SELECT d.endpoint, d.outbox_id, o.at, o.kind, d.tries, d.next_try_at, d.taken_at, d.status, \
    d.fault, d.last_try_at FROM delivery d JOIN outbox o ON o.id = d.outbox_id \
    WHERE (CAST($1 AS TEXT) IS NULL OR d.endpoint = $1) AND (CAST($2 AS BIGINT) = 0 OR d.taken_at IS NULL) \
    ORDER BY d.outbox_id DESC, d.endpoint LIMIT $3";
const WAITING: &str = "SELECT endpoint, COUNT(*) FROM delivery WHERE taken_at IS NULL GROUP BY endpoint";
