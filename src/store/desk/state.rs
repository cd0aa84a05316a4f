//! What agents do, change by change.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use crate::agents::{State, Why};
use crate::domain::{AgentId, AttemptId};
use crate::store::engine::conn::{Conn, Fault, Row, moment, values};
use crate::store::outcome::NODE_LEASE;
use crate::store::tally;
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

/// An agent whom a process of this node left at work when it died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftAgent {
    pub agent: AgentId,
    /// The pause he was in, or wanted after the call he had; `None`: he was ready, or in a call.
    pub pause: Option<String>,
    /// He wanted to log out after the call he had.
    pub leaves: bool,
    /// The call that is his to write up: he was the first to talk of those who still talked, or the last to leave where nobody
    /// did, and nobody has written it up.
    pub cut_off: Option<AttemptId>,
    /// When he began to write it up, if he had.
    pub wrap_up_at: Option<Timestamp>,
    /// The process's last sign of life.
    pub seen_at: Timestamp,
}

/// A limit an agent overran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentMark {
    HoldOverrun,
    PauseOverrun,
    /// With the disposition written.
    WrapUpRanOut,
    WrapUpWithoutDisposition,
}

impl AgentMark {
    pub fn code(self) -> &'static str {
        match self {
            Self::HoldOverrun => "hold_overrun",
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

    /// Keeps what an agent wants to do once his call is over and written up; `None`: to take the next one. It is forgotten when he
    /// rests.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_wish(
        &self,
        agent: &AgentId,
        then: Option<State>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let whose = agent.clone();
        let written = self.write(move |conn| {
            Box::pin(async move {
                match then {
                    Some(then) => {
                        conn.run(WISH, values![whose.as_str(), then.code(), then.pause(), at]).await
                    }
                    None => conn.run(NO_WISH, values![whose.as_str()]).await,
                }
            })
        });
        written.await.map(|_| ()).map_err(|source| StoreError::Agent { agent: agent.clone(), source })
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

    /// What those of these agents who are at work do now, as codes. Who has logged out is not, nor is whose node is dead.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn at_work(
        &self,
        agents: Vec<AgentId>,
        now: Timestamp,
    ) -> Result<BTreeMap<AgentId, String>, StoreError> {
        let alive_since = now.checked_sub(NODE_LEASE).unwrap_or(Timestamp::MIN);
        let read = self.read(move |conn| {
            Box::pin(async move {
                let mut at_work = BTreeMap::new();
                for agent in agents {
                    if let Some(row) = conn.first(LAST, values![agent.as_str(), alive_since]).await? {
                        at_work.insert(agent, row.text(0)?);
                    }
                }
                at_work.retain(|_, state| state != State::LoggedOut.code());
                Ok(at_work)
            })
        });
        read.await.map_err(|source| StoreError::Report { report: "agents at work", source })
    }

    /// Ends what a process of this node left open when it died: who was logged in on it is logged out as of its last
    /// sign of life, and never before his own last change. They are handed out, each with the call that was cut off under him.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_out_left(&self) -> Result<Vec<LeftAgent>, StoreError> {
        let node = self.node().to_owned();
        let written = self.write(move |conn| {
            Box::pin(async move {
                let rows = conn.all(LEFT, values![&node]).await?;
                let mut left = rows.iter().map(read_left).collect::<Result<Vec<_>, _>>()?;
                // The first of a call has it.
                let mut taken = HashSet::new();
                for left in &mut left {
                    left.cut_off = left.cut_off.filter(|attempt| taken.insert(*attempt));
                }
                for LeftAgent { agent, seen_at, .. } in &left {
                    let out = values![agent.as_str(), &node, *seen_at];
                    tally::log_change(conn, agent.as_str(), None, (LOG_OUT, out)).await?;
                    conn.run(NO_WISH, values![agent.as_str()]).await?;
                }
                Ok(left)
            })
        });
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
    let talks_in = change.attempt.filter(|_| matches!(change.to, State::Talking { .. }));
    tally::log_change(conn, change.agent.as_str(), talks_in, (INSERT, values)).await?;
    // What he wanted after a call he does now, or he has no call to want it after.
    if change.to.reservation().is_none() {
        conn.run(NO_WISH, values![change.agent.as_str()]).await?;
    }
    Ok(())
}

fn read_left(row: &Row) -> Result<LeftAgent, Fault> {
    let agent = AgentId::parse(&row.text(0)?).ok_or(Fault::Unreadable { what: "agent" })?;
    let cut_off = row.int_opt(3)?.map(AttemptId);
    let wrap_up_at = row.int_opt(4)?.map(moment).transpose()?;
    let (pause, leaves) = (row.text_opt(1)?, row.int(5)? != 0);
    Ok(LeftAgent { agent, pause, leaves, cut_off, wrap_up_at, seen_at: moment(row.int(2)?)? })
}

const INSERT: &str = "INSERT INTO agent_state (agent, node, at, state, pause, billable, why, attempt_id) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
const LAST: &str = "SELECT s.state FROM agent_state s JOIN node n ON n.name = s.node WHERE n.heartbeat_at >= $2 \
    AND s.id = (SELECT MAX(l.id) FROM agent_state l WHERE l.agent = $1)";
/// A wrap-up that a process before this one had taken up again began with its first row after the talk.
/// In the order in which they have a call that they share: whoever is asked beside began to talk after the first, and whoever
/// has left it is in his wrap-up, the last to leave after the others.
const LEFT: &str = "SELECT s.agent, COALESCE(v.pause, s.pause), CASE WHEN n.heartbeat_at > s.at THEN n.heartbeat_at ELSE s.at END, \
    CASE WHEN s.state IN ('talking', 'hold', 'wrap_up') \
    AND NOT EXISTS (SELECT 1 FROM disposed d WHERE d.attempt_id = s.attempt_id) THEN s.attempt_id END, \
    CASE WHEN s.state = 'wrap_up' THEN (SELECT MIN(w.at) FROM agent_state w WHERE w.attempt_id = s.attempt_id \
    AND w.agent = s.agent AND w.state = 'wrap_up' AND w.id > COALESCE((SELECT MAX(t.id) FROM agent_state t \
    WHERE t.attempt_id = s.attempt_id AND t.agent = s.agent AND t.state = 'talking'), 0)) END, \
    CAST(CASE WHEN v.state = 'logged_out' THEN 1 ELSE 0 END AS BIGINT) \
    FROM agent_state s JOIN node n ON n.name = s.node LEFT JOIN agent_wish v ON v.agent = s.agent WHERE s.node = $1 AND s.state <> 'logged_out' \
    AND s.id = (SELECT MAX(l.id) FROM agent_state l WHERE l.agent = s.agent) \
    ORDER BY CASE WHEN s.state = 'wrap_up' THEN 1 ELSE 0 END, CASE WHEN s.state = 'wrap_up' THEN -s.id ELSE \
    (SELECT MIN(t.id) FROM agent_state t WHERE t.attempt_id = s.attempt_id AND t.agent = s.agent \
    AND t.state = 'talking') END";
const WISH: &str = "INSERT INTO agent_wish (agent, state, pause, at) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (agent) DO UPDATE SET state = excluded.state, pause = excluded.pause, at = excluded.at";
const NO_WISH: &str = "DELETE FROM agent_wish WHERE agent = $1";
const LOG_OUT: &str = "INSERT INTO agent_state (agent, node, at, state, billable, why) \
    VALUES ($1, $2, $3, 'logged_out', 0, 'removed') RETURNING id";
