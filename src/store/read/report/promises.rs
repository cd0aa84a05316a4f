//! Promises and what became of them.

use super::Period;
use crate::domain::{Currency, DebtorType, Money};
use crate::store::engine::conn::values;
use crate::store::{Store, StoreError};

/// Promises made in a campaign to debtors of one type, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromiseLine {
    pub campaign: String,
    pub debtor_type: DebtorType,
    pub made: u64,
    /// The day is not over yet.
    pub open: u64,
    pub kept: u64,
    pub broken: u64,
    /// What all of them promised, and those that were kept.
    pub promised: Money,
    pub kept_sum: Money,
}

impl Store {
    /// Promises made within the period, by campaign, type at the time, and currency.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn promises_report(&self, period: Period) -> Result<Vec<PromiseLine>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let rows = conn.all(PROMISES, values![period.from, period.to]).await?;
                let read = rows.iter().map(|row| {
                    let currency = row.code(2, "currency", Currency::parse)?;
                    Ok(PromiseLine {
                        campaign: row.text(0)?,
                        debtor_type: row.code(1, "debtor type", DebtorType::parse)?,
                        made: row.int(3)?.unsigned_abs(),
                        open: row.int(4)?.unsigned_abs(),
                        kept: row.int(5)?.unsigned_abs(),
                        broken: row.int(6)?.unsigned_abs(),
                        promised: Money::new(row.int(7)?, currency),
                        kept_sum: Money::new(row.int(8)?, currency),
                    })
                });
                read.collect()
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "promises", source })
    }
}

const PROMISES: &str = "SELECT g.name, a.debtor_type, p.currency, COUNT(*), \
    CAST(SUM(CASE WHEN p.state = 'open' THEN 1 ELSE 0 END) AS BIGINT), \
    CAST(SUM(CASE WHEN p.state = 'kept' THEN 1 ELSE 0 END) AS BIGINT), \
    CAST(SUM(CASE WHEN p.state = 'broken' THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(p.amount_minor) AS BIGINT), \
    CAST(SUM(CASE WHEN p.state = 'kept' THEN p.amount_minor ELSE 0 END) AS BIGINT) \
    FROM promise p JOIN attempt a ON a.id = p.attempt_id JOIN campaign g ON g.id = a.campaign_id \
    WHERE p.made_at >= $1 AND p.made_at < $2 GROUP BY g.name, a.debtor_type, p.currency \
    ORDER BY g.name, a.debtor_type, p.currency";
