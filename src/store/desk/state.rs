//! What agents do, change by change.

use jiff::Timestamp;

use crate::agents::{State, Why};
use crate::domain::{AgentId, AttemptId};
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::{Store, StoreError};

/// A change of an agent's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentChange {
    pub agent: AgentId,
    pub at: Timestamp,
    pub to: State,
    /// A pause that is paid time.
    pub billable: bool,
    pub why: Why,
    /// The call it belongs to, where there is one.
    pub attempt: Option<AttemptId>,
}

/// A limit an agent overran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentMark {
    PauseOverrun,
    /// With the disposition written.
    WrapUpRanOut,
    WrapUpWithoutDisposition,
}

impl AgentMark {
    pub fn code(self) -> &'static str {
        match self {
            Self::PauseOverrun => "pause_overrun",
            Self::WrapUpRanOut => "wrap_up_ran_out",
            Self::WrapUpWithoutDisposition => "wrap_up_without_disposition",
        }
    }
}

impl Store {
    /// Keeps a change of an agent's state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_agent(&self, change: AgentChange) -> Result<(), StoreError> {
        let (agent, node) = (change.agent.clone(), self.node().to_owned());
        let written = self.write(move |conn| Box::pin(async move { insert(conn, &change, &node).await }));
        written.await.map_err(|source| StoreError::Agent { agent, source })
    }

    /// Keeps that an agent overran a limit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_agent(
        &self,
        agent: &AgentId,
        at: Timestamp,
        mark: AgentMark,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO agent_mark (agent, at, what) VALUES ($1, $2, $3)";
        let values = values![agent.as_str(), at, mark.code()];
        let written = self.write(move |conn| Box::pin(async move { conn.run(sql, values).await }));
        written.await.map(|_| ()).map_err(|source| StoreError::Agent { agent: agent.clone(), source })
    }

    /// Ends what a process of this node left open when it died: who was logged in on it is logged out as of its last
    /// sign of life, and never before his own last change. How many they were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_out_left(&self) -> Result<u64, StoreError> {
        let values = values![self.node()];
        let written = self.write(move |conn| Box::pin(async move { conn.run(LOG_OUT_LEFT, values).await }));
        written.await.map_err(|source| StoreError::Node { node: self.node().to_owned(), source })
    }
}

async fn insert(conn: &mut Conn, change: &AgentChange, node: &str) -> Result<(), Fault> {
    let values = values![
        change.agent.as_str(),
        node,
        change.at,
        change.to.code(),
        change.to.pause(),
        change.billable,
        change.why.code(),
        change.attempt
    ];
    conn.run(INSERT, values).await.map(|_| ())
}

const INSERT: &str = "INSERT INTO agent_state (agent, node, at, state, pause, billable, why, attempt_id) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const LOG_OUT_LEFT: &str = "INSERT INTO agent_state (agent, node, at, state, billable, why) \
    SELECT s.agent, s.node, CASE WHEN n.heartbeat_at > s.at THEN n.heartbeat_at ELSE s.at END, 'logged_out', 0, 'removed' \
    FROM agent_state s JOIN node n ON n.name = s.node WHERE s.node = $1 AND s.state <> 'logged_out' \
    AND s.id = (SELECT MAX(l.id) FROM agent_state l WHERE l.agent = s.agent)";
