//! What each account paid.

use std::collections::BTreeMap;

use super::Period;
use crate::domain::Currency;
use crate::store::counted::counts;
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
                    let persons = usize::try_from(row.int(2)?).unwrap_or(0);
                    let all = sums.entry(currency).or_default();
                    all.extend(std::iter::repeat_n(row.int(1)?, persons));
                }
                Ok(sums)
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "pareto", source })
    }
}

/// How many persons paid so much: most paid nothing, and are one row.
const PAID: &str = concat!(
    "SELECT w.currency, w.paid, COUNT(*) FROM (SELECT d.currency, ",
    "CAST(COALESCE(SUM(p.amount_minor), 0) AS BIGINT) AS paid FROM debt d LEFT JOIN payment p ON p.debt_id = d.id ",
    "AND p.currency = d.currency AND p.paid_at >= $1 AND p.paid_at < $2 WHERE ",
    counts!("d"),
    " GROUP BY d.currency, d.person_id) w GROUP BY w.currency, w.paid",
);
