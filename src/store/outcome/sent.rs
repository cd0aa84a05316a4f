//! The moment an INVITE leaves, kept at once: what is lost afterwards is known to have been dialled.

use jiff::Timestamp;

use crate::domain::AttemptId;
use crate::store::engine::conn::values;
use crate::store::{Store, StoreError};

impl Store {
    /// Writes down that the attempt's INVITE leaves at `at`; the finish says it again with all the rest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_invite(&self, attempt: AttemptId, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE attempt SET invite_at = $2 WHERE id = $1 AND outcome IS NULL";
        let written =
            self.write(move |conn| Box::pin(async move { conn.run(sql, values![attempt, at]).await }));
        written.await.map(|_| ()).map_err(|source| StoreError::Finish { attempt, source })
    }
}
