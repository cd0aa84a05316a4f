//! Calls under way that are to be taken back: the debt was paid, or somebody set a hold meanwhile.

use crate::domain::AttemptId;
use crate::store::engine::conn::values;
use crate::store::{Store, StoreError};

/// Why a call is to be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeBack {
    /// The person was put on hold after the reservation.
    Held,
    /// The debt is no longer open.
    Paid,
}

impl Store {
    /// This node's open attempts that should not have been begun as things stand now, whoever changed them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn to_take_back(&self) -> Result<Vec<(AttemptId, TakeBack)>, StoreError> {
        let node = self.node().to_owned();
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(TO_TAKE_BACK, values![node]).await?;
                let read = rows.iter().map(|row| {
                    let why = if row.int(1)? == 1 { TakeBack::Paid } else { TakeBack::Held };
                    Ok((AttemptId(row.int(0)?), why))
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "calls to take back", source })
    }
}

const TO_TAKE_BACK: &str = "SELECT a.id, CASE WHEN d.state <> 'open' THEN 1 ELSE 0 END FROM attempt a \
    JOIN debt d ON d.id = a.debt_id WHERE a.outcome IS NULL AND a.node = $1 AND (d.state <> 'open' OR EXISTS \
    (SELECT 1 FROM hold h WHERE h.person_id = a.person_id AND h.from_at >= a.reserved_at \
    AND (h.until_at IS NULL OR h.until_at > h.from_at)))";
