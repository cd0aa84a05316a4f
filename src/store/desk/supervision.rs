//! What supervisors did in agents' talks: an audit line each.

use jiff::Timestamp;

use crate::domain::{AgentId, AttemptId, Supervision};
use crate::store::engine::conn::{Row, moment, values};
use crate::store::{ActFilter, Fault, Store, StoreError};

/// An audit line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupervisionRow {
    pub at: Timestamp,
    pub supervisor: String,
    pub agent: String,
    /// Below zero: a stranger's call.
    pub attempt: AttemptId,
    pub what: Supervision,
    /// Why it came to nothing after all; it has a line of its own before.
    pub refused: Option<String>,
}

impl Store {
    /// Writes down what a supervisor is about to do; with `refused` why that came to nothing after all.
    ///
    /// # Errors
    /// When the database fails: then it may not be done.
    pub async fn note_supervision(
        &self,
        supervisor: &AgentId,
        agent: &AgentId,
        attempt: AttemptId,
        (what, refused): (Supervision, Option<&'static str>),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let values = values![now, supervisor.as_str(), agent.as_str(), attempt, what.code(), refused];
        let written = self.write(move |conn| Box::pin(async move { conn.run(NOTE, values).await }));
        written.await.map(|_| ()).map_err(|source| StoreError::Agent { agent: agent.clone(), source })
    }

    /// What was done in agents' talks, each act with its id, the newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn supervisions(
        &self,
        filter: ActFilter,
        limit: u32,
    ) -> Result<Vec<(i64, SupervisionRow)>, StoreError> {
        let values = filter.values(limit);
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(ROWS, values).await?.iter().map(read).collect() })
        });
        read.await.map_err(|source| StoreError::Report { report: "supervisions", source })
    }
}

fn read(row: &Row) -> Result<(i64, SupervisionRow), Fault> {
    let act = SupervisionRow {
        at: moment(row.int(1)?)?,
        supervisor: row.text(2)?,
        agent: row.text(3)?,
        attempt: AttemptId(row.int(4)?),
        what: row.code(5, "supervision", Supervision::parse)?,
        refused: row.text_opt(6)?,
    };
    Ok((row.int(0)?, act))
}

const NOTE: &str =
    "INSERT INTO supervision (at, supervisor, agent, attempt, what, refused) VALUES ($1, $2, $3, $4, $5, $6)";
const ROWS: &str = "SELECT id, at, supervisor, agent, attempt, what, refused FROM supervision \
    WHERE id < $1 AND (CAST($2 AS TEXT) IS NULL OR supervisor = $2) ORDER BY id DESC LIMIT $3";
