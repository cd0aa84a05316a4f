//! Who is told.

use crate::store::engine::conn::values;
use crate::store::{Store, StoreError};

/// An endpoint of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointRow {
    pub name: String,
    /// Whose debts it hears of; empty: everybody's.
    pub creditors: Vec<String>,
}

impl Store {
    /// Takes these endpoints for the ones there are. One that is new hears of what comes from now on; one that is gone
    /// keeps what waited for it, in case it comes back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_endpoints(&self, endpoints: Vec<EndpointRow>) -> Result<(), StoreError> {
        let written = self.write(move |conn| {
            Box::pin(async move {
                conn.run("DELETE FROM endpoint", Vec::new()).await?;
                for EndpointRow { name, creditors } in &endpoints {
                    let all = [String::new()];
                    let whose = if creditors.is_empty() { &all[..] } else { creditors };
                    for creditor in whose {
                        let add =
                            "INSERT INTO endpoint (name, creditor) VALUES ($1, $2) ON CONFLICT DO NOTHING";
                        conn.run(add, values![name, creditor]).await?;
                    }
                }
                Ok(())
            })
        });
        written.await.map_err(|source| StoreError::Outbox { source })
    }
}
