//! Calls that were handed on to numbers outside: an audit line each, before the number is dialled.

use jiff::Timestamp;

use crate::domain::{AgentId, AttemptId, PhoneNumber};
use crate::store::engine::conn::{Fault, Row, moment, values};
use crate::store::list::number;
use crate::store::{Store, StoreError};

/// A call handed on to a number outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferRow {
    pub at: Timestamp,
    /// Who handed it on; absent in rows from before it was kept.
    pub agent: Option<AgentId>,
    /// Below zero: a stranger's call.
    pub attempt: AttemptId,
    pub number: PhoneNumber,
    pub trunk: String,
}

impl Store {
    /// Writes down that a number outside is about to be called for a call. `false`: it is a debtor's, nothing was written, and
    /// it may not be called: only the gate lets calls to debtors out.
    ///
    /// # Errors
    /// When the database fails: then it may not be called.
    pub async fn note_transfer(&self, transfer: TransferRow) -> Result<bool, StoreError> {
        let TransferRow { at, agent, attempt, number, trunk } = transfer;
        let agent = agent.as_ref().map(AgentId::as_str);
        let values = values![at, self.node(), attempt, &number, trunk.as_str(), agent];
        let written = self.write(move |conn| Box::pin(async move { conn.run(NOTE, values).await }));
        written
            .await
            .map(|noted| noted > 0)
            .map_err(|source| StoreError::Report { report: "transfers", source })
    }

    /// What was handed on outside from `from` on, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn transfers(&self, from: Timestamp) -> Result<Vec<TransferRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(ROWS, values![from]).await?.iter().map(read).collect() })
        });
        read.await.map_err(|source| StoreError::Report { report: "transfers", source })
    }

    /// Whether a number is one of a debtor's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_a_debtors(&self, number: &PhoneNumber) -> Result<bool, StoreError> {
        let values = values![number];
        let read = self.read(move |conn| Box::pin(async move { conn.first(A_DEBTORS, values).await }));
        read.await
            .map(|row| row.is_some())
            .map_err(|source| StoreError::Report { report: "transfers", source })
    }
}

fn read(row: &Row) -> Result<TransferRow, Fault> {
    let agent = row.text_opt(1)?;
    Ok(TransferRow {
        at: moment(row.int(0)?)?,
        agent: agent
            .map(|agent| AgentId::parse(&agent).ok_or(Fault::Unreadable { what: "agent" }))
            .transpose()?,
        attempt: AttemptId(row.int(2)?),
        number: number(&row.text(3)?)?,
        trunk: row.text(4)?,
    })
}

const NOTE: &str = "INSERT INTO transfer (at, node, attempt, phone, trunk, agent) SELECT CAST($1 AS BIGINT), \
    CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT) \
    WHERE NOT EXISTS (SELECT 1 FROM phone f WHERE f.e164 = $4)";
const ROWS: &str = "SELECT at, agent, attempt, phone, trunk FROM transfer WHERE at >= $1 ORDER BY id";
const A_DEBTORS: &str = "SELECT 1 FROM phone WHERE e164 = $1 LIMIT 1";
