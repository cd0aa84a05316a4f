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
                    let of = sums.entry(row.code(0, "currency", Currency::parse)?).or_default();
                    let persons = usize::try_from(row.int(2)?).unwrap_or(0);
                    of.extend(std::iter::repeat_n(row.int(1)?, persons));
                }
                // Most paid nothing, and are found by counting everybody.
                for row in conn.all(PERSONS, Vec::new()).await? {
                    let of = sums.entry(row.code(0, "currency", Currency::parse)?).or_default();
                    let persons = usize::try_from(row.int(1)?).unwrap_or(0);
                    of.resize(persons.max(of.len()), 0);
                }
                Ok(sums)
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "pareto", source })
    }
}

/// How many persons paid so much. Payments come first: a cross join keeps SQLite from turning it round.
const PAID: &str = concat!(
    "SELECT w.currency, w.paid, COUNT(*) FROM (SELECT d.currency, CAST(SUM(p.amount_minor) AS BIGINT) AS paid ",
    "FROM payment p CROSS JOIN debt d WHERE d.id = p.debt_id AND p.currency = d.currency ",
    "AND p.paid_at >= $1 AND p.paid_at < $2 AND ",
    counts!("d"),
    " GROUP BY d.currency, d.person_id) w GROUP BY w.currency, w.paid",
);
const PERSONS: &str = concat!(
    "SELECT d.currency, COUNT(DISTINCT d.person_id) FROM debt d WHERE ",
    counts!("d"),
    " GROUP BY d.currency",
);
