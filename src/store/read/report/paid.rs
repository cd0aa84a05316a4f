//! What each account paid.

use std::collections::BTreeMap;

use super::Period;
use crate::domain::Currency;
use crate::store::engine::conn::values;
use crate::store::{Store, StoreError};

impl Store {
    /// What every person with a debt paid within the period, by currency, in minor units; nothing is 0.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn paid_by_person(&self, period: Period) -> Result<BTreeMap<Currency, Vec<i64>>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let mut sums: BTreeMap<Currency, Vec<i64>> = BTreeMap::new();
                for row in conn.all(PAID, values![period.from, period.to]).await? {
                    let currency = row.code(0, "currency", Currency::parse)?;
                    sums.entry(currency).or_default().push(row.int(1)?);
                }
                Ok(sums)
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "pareto", source })
    }
}

const PAID: &str = "SELECT d.currency, CAST(COALESCE(SUM(p.amount_minor), 0) AS BIGINT) FROM debt d \
    LEFT JOIN payment p ON p.debt_id = d.id AND p.currency = d.currency AND p.paid_at >= $1 AND p.paid_at < $2 \
    GROUP BY d.currency, d.person_id";
