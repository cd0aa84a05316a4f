//! The journal of a recording: where it was silenced for card data, by whom, and why it went on.

use jiff::Timestamp;

use crate::domain::{AgentId, AttemptId, RecordingMark};
use crate::store::engine::conn::{Row, moment, values};
use crate::store::{Fault, Store, StoreError};

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingMarkRow {
    pub at: Timestamp,
    /// Who talked with the debtor then.
    pub agent: Option<String>,
    pub what: RecordingMark,
}

impl Store {
    /// Writes down that a recording was silenced, or went on. `attempt` below zero: a stranger's call.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_recording(
        &self,
        attempt: AttemptId,
        agent: Option<AgentId>,
        what: RecordingMark,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let agent = agent.map(|agent| agent.as_str().to_owned());
        let values = values![at, attempt, agent, what.code()];
        let written = self.write(move |conn| Box::pin(async move { conn.run(MARK, values).await }));
        written.await.map(|_| ()).map_err(|source| StoreError::Desk { attempt, source })
    }

    /// Where an attempt's recording was silenced, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recording_marks(&self, attempt: AttemptId) -> Result<Vec<RecordingMarkRow>, StoreError> {
        let read = self.read(move |conn| {
            Box::pin(async move { conn.all(MARKS, values![attempt]).await?.iter().map(read).collect() })
        });
        read.await.map_err(|source| StoreError::Desk { attempt, source })
    }
}

fn read(row: &Row) -> Result<RecordingMarkRow, Fault> {
    Ok(RecordingMarkRow {
        at: moment(row.int(0)?)?,
        agent: row.text_opt(1)?,
        what: row.code(2, "a recording's mark", RecordingMark::parse)?,
    })
}

const MARK: &str = "INSERT INTO recording_mark (at, attempt, agent, what) VALUES ($1, $2, $3, $4)";
// Two marks of one moment stand in the order they were made.
const MARKS: &str = "SELECT at, agent, what FROM recording_mark WHERE attempt = $1 ORDER BY at, id";
