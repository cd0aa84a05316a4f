//! After a crash: attempts that were left open are lost. They count, and nobody is redialled because of them.

use jiff::{SignedDuration, Timestamp};

use super::finish::{Closed, FinishRequest, finish};
use crate::campaign::NextStep;
use crate::cases::Terms;
use crate::domain::attempt::Finished;
use crate::domain::{AttemptId, DebtId, Fault as Blame, Outcome};
use crate::rules::EventKind;
use crate::store::engine::conn::{Conn, Fault, values};
use crate::store::engine::dialect;
use crate::store::{Store, StoreError};

/// An attempt that was found open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rescued {
    pub attempt: AttemptId,
    /// The node that had reserved it.
    pub node: String,
}

/// A node whose heartbeat is older than this is dead.
pub(in crate::store) const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// Attempts closed in one transaction.
const PAGE: i64 = 100;

impl Store {
    /// Closes the open attempts of this node (at its start) or of nodes whose heartbeat has stopped. Each becomes
    /// `failed_lost`, counts as an answered call (the stricter reading), and its contact waits for `delay`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rescue(
        &self,
        whose: Whose,
        delay: SignedDuration,
        now: Timestamp,
    ) -> Result<Vec<Rescued>, StoreError> {
        let node = self.node().to_owned();
        let mut all = Vec::new();
        loop {
            let own = node.clone();
            let written = self
                .write(move |conn| Box::pin(async move { rescue_page(conn, whose, &own, delay, now).await }));
            let page = written.await.map_err(|source| StoreError::Rescue { node: node.clone(), source })?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }
}

/// Whose attempts are lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Those of nodes that have not been heard of for a minute.
    DeadNodes,
    /// This node's own, from before it was started.
    Own,
}

async fn rescue_page(
    conn: &mut Conn,
    whose: Whose,
    own: &str,
    delay: SignedDuration,
    now: Timestamp,
) -> Result<Vec<Rescued>, Fault> {
    let rows = match whose {
        Whose::Own => conn.all(dialect::open_of_node(conn), values![own, PAGE]).await?,
        Whose::DeadNodes => {
            let last = now.checked_sub(LEASE).unwrap_or(now);
            conn.all(dialect::open_of_dead_nodes(conn), values![own, last, PAGE]).await?
        }
    };
    if !rows.is_empty() {
        // Debts before the chains, as every finish takes them.
        let debts = rows.iter().map(|row| row.int(2).map(DebtId)).collect::<Result<_, _>>()?;
        dialect::lock_debts(conn, debts).await?;
        dialect::lock_rows(conn).await?;
    }
    // What is lost has said nothing: no case comes of it.
    let terms = Terms::default();
    let mut rescued = Vec::with_capacity(rows.len());
    for row in &rows {
        let attempt = AttemptId(row.int(0)?);
        let request = lost(attempt, now.checked_add(delay).unwrap_or(now));
        if finish(conn, &request, &terms, now).await? == Closed::Now {
            rescued.push(Rescued { attempt, node: row.text(1)? });
        }
    }
    Ok(rescued)
}

fn lost(attempt: AttemptId, next: Timestamp) -> FinishRequest {
    FinishRequest {
        attempt,
        finished: Finished::untold(Outcome::Failed(Blame::Lost)),
        kinds: vec![EventKind::AnsweredUnknown],
        holds: Vec::new(),
        next: NextStep::Wait(next),
        score: None,
        cost_micro: None,
        callback: None,
        asks: Vec::new(),
    }
}
