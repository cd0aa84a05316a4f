//! Nodes that share a database tell that they live.

use jiff::Timestamp;

use crate::store::engine::conn::values;
use crate::store::{Store, StoreError};

impl Store {
    /// Tells that this node lives; at least every 20 seconds, since a minute's silence makes its attempts lost.
    ///
    /// # Errors
    /// When the database fails: a node that cannot say that it lives may not dial.
    pub async fn heartbeat(&self, now: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO node (name, started_at, heartbeat_at) VALUES ($1, $2, $2) \
            ON CONFLICT (name) DO UPDATE SET heartbeat_at = excluded.heartbeat_at";
        let values = values![self.node(), now];
        let written = self.write(move |conn| Box::pin(async move { conn.run(sql, values).await }));
        written.await.map(|_| ()).map_err(|source| StoreError::Node { node: self.node().to_owned(), source })
    }
}
