//! What supervisors did in agents' talks: an audit line each.

use jiff::Timestamp;

use crate::domain::{AgentId, AttemptId, Supervision};
use crate::store::engine::conn::{Row, moment, values};
use crate::store::{Fault, Store, StoreError};

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

    /// What was done in agents' talks from `from` on, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn supervisions(&self, from: Timestamp) -> Result<Vec<SupervisionRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(ROWS, values![from]).await?.iter().map(read).collect() })
        });
        read.await.map_err(|source| StoreError::Report { report: "supervisions", source })
    }
}

fn read(row: &Row) -> Result<SupervisionRow, Fault> {
    Ok(SupervisionRow {
        at: moment(row.int(0)?)?,
        supervisor: row.text(1)?,
        agent: row.text(2)?,
        attempt: AttemptId(row.int(3)?),
        what: row.code(4, "supervision", Supervision::parse)?,
        refused: row.text_opt(5)?,
    })
}

const NOTE: &str =
    "INSERT INTO supervision (at, supervisor, agent, attempt, what, refused) VALUES ($1, $2, $3, $4, $5, $6)";
const ROWS: &str =
    "SELECT at, supervisor, agent, attempt, what, refused FROM supervision WHERE at >= $1 ORDER BY id";
