//! What a database holds, for its keeper.

use super::open::{Kind, Store};
use crate::store::StoreError;

/// A database in numbers.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct StoreInfo {
    pub kind: Kind,
    /// The schema's version.
    pub schema: i64,
    /// Rows by what they are.
    pub rows: Vec<(&'static str, i64)>,
}

impl Store {
    /// Counts what is in the database. Takes seconds where there are tens of millions of rows.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn info(&self) -> Result<StoreInfo, StoreError> {
        let counted = self.read(move |conn| {
            Box::pin(async move {
                let mut rows = Vec::with_capacity(COUNTS.len());
                for (what, sql) in COUNTS {
                    rows.push((what, conn.one(sql, Vec::new()).await?.int(0)?));
                }
                Ok(rows)
            })
        });
        let rows = counted.await.map_err(|source| StoreError::Report { report: "rows", source })?;
        Ok(StoreInfo { kind: self.kind(), schema: Self::schema_version(), rows })
    }
}

const COUNTS: [(&str, &str); 8] = [
    ("people", "SELECT COUNT(*) FROM person"),
    ("debts", "SELECT COUNT(*) FROM debt"),
    ("contacts", "SELECT COUNT(*) FROM contact"),
    ("attempts", "SELECT COUNT(*) FROM attempt"),
    ("open attempts", "SELECT COUNT(*) FROM attempt WHERE outcome IS NULL"),
    ("ledger events", "SELECT COUNT(*) FROM event"),
    ("decisions", "SELECT COUNT(*) FROM decision"),
    ("messages waiting", "SELECT COUNT(*) FROM delivery WHERE taken_at IS NULL"),
];
