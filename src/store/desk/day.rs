//! What agents brought in a day, as they wrote it up.

use std::collections::BTreeMap;

use crate::domain::{AgentId, Currency, Money};
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::{Period, Store, StoreError};

/// One agent's dispositions in a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentDay {
    /// Talks written up.
    pub written: u64,
    /// Those in which the debtor promised to pay.
    pub promises: u64,
    /// What was promised, by currency.
    pub promised: Vec<Money>,
}

impl Store {
    /// What each agent wrote up in a period.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn agent_days(&self, period: Period) -> Result<BTreeMap<AgentId, AgentDay>, StoreError> {
        let read = self.read(move |conn| Box::pin(async move { days(conn, period).await }));
        read.await.map_err(|source| StoreError::Report { report: "agents' days", source })
    }
}

async fn days(conn: &mut Conn, period: Period) -> Result<BTreeMap<AgentId, AgentDay>, Fault> {
    let mut all: BTreeMap<AgentId, AgentDay> = BTreeMap::new();
    for row in conn.all(DAYS, values![period.from, period.to]).await? {
        let agent = AgentId::parse(&row.text(0)?).ok_or(Fault::Unreadable { what: "agent" })?;
        let currency = row.code(1, "currency", Currency::parse)?;
        let day = all.entry(agent).or_default();
        day.written += row.int(2)?.unsigned_abs();
        day.promises += row.int(3)?.unsigned_abs();
        let minor = row.int(4)?;
        if minor > 0 {
            day.promised.push(Money::new(minor, currency));
        }
    }
    Ok(all)
}

const DAYS: &str = "SELECT d.agent, a.currency, COUNT(*), \
    CAST(SUM(CASE WHEN d.disposition = 'promise_to_pay' THEN 1 ELSE 0 END) AS BIGINT), \
    CAST(COALESCE(SUM(d.promised_minor), 0) AS BIGINT) FROM disposed d JOIN attempt a ON a.id = d.attempt_id \
    WHERE d.at >= $1 AND d.at < $2 GROUP BY d.agent, a.currency ORDER BY d.agent, a.currency";
