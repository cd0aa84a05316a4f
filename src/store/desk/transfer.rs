//! Calls that were handed on to numbers outside: an audit line each, before the number is dialled.

use jiff::Timestamp;

use crate::domain::{AttemptId, PhoneNumber};
use crate::store::engine::conn::values;
use crate::store::{Store, StoreError};

impl Store {
    /// Writes down that a number outside is about to be called for a call. `false`: it is a debtor's, nothing was written, and
    /// it may not be called: only the gate lets calls to debtors out.
    ///
    /// # Errors
    /// When the database fails: then it may not be called.
    pub async fn note_transfer(
        &self,
        attempt: AttemptId,
        number: &PhoneNumber,
        trunk: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let values = values![now, self.node(), attempt, number, trunk];
        let written = self.write(move |conn| Box::pin(async move { conn.run(NOTE, values).await }));
        written
            .await
            .map(|noted| noted > 0)
            .map_err(|source| StoreError::Report { report: "transfers", source })
    }
}

const NOTE: &str = "INSERT INTO transfer (at, node, attempt, phone, trunk) SELECT CAST($1 AS BIGINT), \
    CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS TEXT) \
    WHERE NOT EXISTS (SELECT 1 FROM phone f WHERE f.e164 = $4)";
