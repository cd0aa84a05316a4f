//! What each campaign counted, for the field's figures.

use std::collections::BTreeMap;

use super::{Period, count};
use crate::domain::Currency;
use crate::stats::Counts;
use crate::store::engine::conn::{Fault, Row, values};
use crate::store::{Store, StoreError};

impl Store {
    /// The counts of every campaign by the currency of its debts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kpi_report(
        &self,
        period: Period,
    ) -> Result<BTreeMap<(String, Currency), Counts>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move {
                let mut all: BTreeMap<(String, Currency), Counts> = BTreeMap::new();
                for row in conn.all(ACCOUNTS, Vec::new()).await? {
                    all.entry(key(&row)?).or_default().accounts = count(&row, 2)?;
                }
                for row in conn.all(CALLS, values![period.from, period.to]).await? {
                    let counts = all.entry(key(&row)?).or_default();
                    counts.calls = count(&row, 2)?;
                    counts.connected = count(&row, 3)?;
                    counts.human = count(&row, 4)?;
                    counts.abandoned = count(&row, 5)?;
                    counts.right_party = count(&row, 6)?;
                    counts.talk_s = count(&row, 7)? / 1_000_000;
                    counts.cost_minor = row.int(8)? / 10_000;
                }
                for row in conn.all(PROMISES, values![period.from, period.to]).await? {
                    let counts = all.entry(key(&row)?).or_default();
                    (counts.promises, counts.kept, counts.broken) =
                        (count(&row, 2)?, count(&row, 3)?, count(&row, 4)?);
                }
                for row in conn.all(MONEY, values![period.from, period.to]).await? {
                    let counts = all.entry(key(&row)?).or_default();
                    counts.accounts_called = count(&row, 2)?;
                    (counts.owed_minor, counts.paid_minor) = (row.int(3)?, row.int(4)?);
                }
                Ok(all)
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "kpi", source })
    }
}

fn key(row: &Row) -> Result<(String, Currency), Fault> {
    Ok((row.text(0)?, row.code(1, "currency", Currency::parse)?))
}

/// A call: its INVITE left, and neither the trunk nor we spoiled it.
macro_rules! calls {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " FROM attempt a JOIN campaign g ON g.id = a.campaign_id WHERE a.reserved_at >= $1 \
             AND a.reserved_at < $2 AND a.outcome IS NOT NULL AND a.outcome <> 'cancelled' \
             AND a.outcome NOT LIKE 'failed%' ",
            $rest
        )
    };
}

const ACCOUNTS: &str = "SELECT g.name, d.currency, COUNT(*) FROM contact c JOIN campaign g ON g.id = c.campaign_id \
    JOIN debt d ON d.id = c.debt_id GROUP BY g.name, d.currency";
const CALLS: &str = calls!(
    "SELECT g.name, a.currency, COUNT(*), CAST(SUM(CASE WHEN a.answer_at IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT), \
     CAST(SUM(CASE WHEN a.outcome = 'answered' THEN 1 ELSE 0 END) AS BIGINT), \
     CAST(SUM(CASE WHEN a.outcome = 'abandoned' THEN 1 ELSE 0 END) AS BIGINT), \
     CAST(SUM(a.identified) AS BIGINT), \
     CAST(COALESCE(SUM(CASE WHEN a.outcome = 'answered' THEN a.end_at - a.answer_at END), 0) AS BIGINT), \
     CAST(COALESCE(SUM(a.cost_micro), 0) AS BIGINT)",
    "GROUP BY g.name, a.currency"
);
const PROMISES: &str = "SELECT g.name, p.currency, COUNT(*), \
    CAST(SUM(CASE WHEN p.state = 'kept' THEN 1 ELSE 0 END) AS BIGINT), \
    CAST(SUM(CASE WHEN p.state = 'broken' THEN 1 ELSE 0 END) AS BIGINT) \
    FROM promise p JOIN attempt a ON a.id = p.attempt_id JOIN campaign g ON g.id = a.campaign_id \
    WHERE a.reserved_at >= $1 AND a.reserved_at < $2 GROUP BY g.name, p.currency";
/// A debt owes at its first call what that call's row says.
const MONEY: &str = concat!(
    "SELECT w.name, w.currency, COUNT(*), CAST(SUM(w.owed) AS BIGINT), CAST(SUM(w.paid) AS BIGINT) FROM (",
    calls!(
        "SELECT g.name, a.currency, a.debt_id, MAX(a.amount_minor) AS owed, \
         (SELECT COALESCE(SUM(p.amount_minor), 0) FROM payment p WHERE p.debt_id = a.debt_id \
         AND p.currency = a.currency AND p.paid_at >= MIN(a.reserved_at) AND p.paid_at < $2) AS paid",
        "GROUP BY g.name, a.currency, a.debt_id"
    ),
    ") w GROUP BY w.name, w.currency"
);
